"use strict";
// The choice of the households of one year in plain script, in balance with reserve prices and with the budget. It
// follows analysis/cba/choice.py, depth.py and year_balance.py line by line, for a support on purchase that is the same
// for all buyers. Names and order of axes are those of analysis/uncertainty/designer.py.
window.designerChoice = (function () {
  const TOLERANCE = 1e-3;
  const ROUNDS = 40;
  const STEEPEST = 100;
  const LARGEST_EXPONENT = 40;

  function bytes(text) {
    const raw = window.atob(text);
    const found = new Uint8Array(raw.length);
    for (let at = 0; at < raw.length; at += 1) {
      found[at] = raw.charCodeAt(at);
    }
    return found.buffer;
  }

  function numbers(stored) {
    const Kind = { f4: Float32Array, f8: Float64Array }[stored.kind];
    return Float64Array.from(new Kind(bytes(stored.data)));
  }

  function sizesOf(stored) {
    const cube = stored.cube_value.shape;
    const cell = stored.draw_cell_pu.shape;
    return {
      points: cube[1], areas: cube[2], nodes: cube[3], options: cube[4], dwellings: cell[2], quintiles: cell[3],
      years: stored.years.shape[0], alternatives: stored.power_kw.shape[0], hurdles: stored.hurdle_factors.shape[0],
      draws: cell[0],
    };
  }

  // All arrays of the page as numbers, and every draw with what its cars earn and are worth at each market point.
  function open(stored) {
    const model = { sizes: sizesOf(stored), of: {} };
    Object.keys(stored).forEach(function (name) { model.of[name] = numbers(stored[name]); });
    model.draws = [];
    for (let row = 0; row < model.sizes.draws; row += 1) {
      model.draws.push(drawOf(model, stored, row));
    }
    return model;
  }

  function drawOf(model, stored, row) {
    const draw = {};
    Object.keys(stored).forEach(function (name) {
      if (name.startsWith("draw_")) {
        const shape = stored[name].shape;
        const step = shape.slice(1).reduce(function (product, size) { return product * size; }, 1);
        const part = model.of[name].subarray(row * step, (row + 1) * step);
        draw[name.slice("draw_".length)] = shape.length === 1 ? part[0] : part;
      }
    });
    return addEarnings(model, draw);
  }

  // Reserve income, ageing and standby are scaled to the draw's own parameters, in value, resource use and tax alike.
  function addEarnings(model, draw) {
    const size = model.sizes;
    const length = size.points * size.areas * size.nodes * size.options;
    const start = draw.year_index * length;
    const cube = function (name) { return model.of["cube_" + name].subarray(start, start + length); };
    const part = {};
    ["value", "reserve", "degradation", "standby", "resource", "standby_spot", "fcr_n", "fcr_d", "capacity_loss", "tax",
      "standby_tax"].forEach(function (name) { part[name] = cube(name); });
    draw.value = new Float64Array(length);
    draw.resource = new Float64Array(length);
    draw.tax = new Float64Array(length);
    const standby = draw.standby_ratio - 1;
    for (let at = 0; at < length; at += 1) {
      draw.value[at] = part.value[at] + (draw.reserve_ratio - 1) * part.reserve[at]
        - (draw.ageing_ratio - 1) * part.degradation[at] - standby * part.standby[at];
      draw.resource[at] = part.resource[at] - standby * part.standby_spot[at] - draw.ageing_ratio * part.degradation[at]
        + draw.fcr_n_worth * part.fcr_n[at] + draw.fcr_d_worth * part.fcr_d[at]
        - draw.capacity_worth * part.capacity_loss[at];
      draw.tax[at] = part.tax[at] + standby * part.standby_tax[at];
    }
    const cars = size.areas * size.nodes;
    draw.saving = model.of.smart_saving_sek.subarray(draw.year_index * cars, (draw.year_index + 1) * cars);
    return draw;
  }

  function sum(values) {
    let total = 0;
    for (let at = 0; at < values.length; at += 1) {
      total += values[at];
    }
    return total;
  }

  function between(value, xs, ys) {
    const last = xs.length - 1;
    if (value <= xs[0]) {
      return ys[0];
    }
    if (value >= xs[last]) {
      return ys[last];
    }
    let low = 0;
    let high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (xs[middle] <= value) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return ys[low] + (ys[low + 1] - ys[low]) / (xs[low + 1] - xs[low]) * (value - xs[low]);
  }

  // Where a draw stands on the market points when so many cars are enrolled: lower point, and fraction to the next.
  function position(model, draw, enrolled) {
    const counts = model.of.depth_count;
    const levels = model.of.depth_level;
    const last = counts.length - 1;
    if (!model.steps) {
      model.steps = counts.map(function (_, at) { return at; });
      model.falling = levels.map(function (_, at) { return levels[last - at] + at * 1e-12; });
      model.backwards = counts.map(function (_, at) { return last - at; });
    }
    const ratio = draw.elasticity_ratio;
    const isCentral = Math.abs(ratio - 1) <= 1e-8 + 1e-5;
    const level = between(enrolled, counts, levels);
    const scaled = level > 0 ? Math.pow(Math.max(level, 1e-12), ratio) : 0;
    const place = isCentral ? between(enrolled, counts, model.steps) : between(scaled, model.falling, model.backwards);
    const lower = Math.min(Math.max(Math.floor(place), 0), last - 1);
    return { lower: lower, fraction: place - lower };
  }

  // Present value of one crown a year that fades with a constant hazard.
  function surviving(rate, loss, years) {
    const step = Math.exp(-loss) / (1 + rate);
    const first = Math.exp(-loss * 0.5) / (1 + rate);
    const gone = 1 - step;
    return first * (Math.abs(gone) > 1e-12 ? (1 - Math.pow(step, years)) / gone : years);
  }

  // exp by a table of 64 steps a doubling and three terms of its series: within 4e-11, four times as fast as Math.exp.
  const STEPS = 64 / Math.LN2;
  const STEP = Math.LN2 / 64;
  const MIDDLE = Math.ceil(LARGEST_EXPONENT * STEPS) + 1;
  const POWERS = Float64Array.from({ length: 2 * MIDDLE + 1 }, function (_, at) {
    return Math.exp((at - MIDDLE) * STEP);
  });

  function clipped(exponent) {
    let scaled = exponent < -LARGEST_EXPONENT ? -LARGEST_EXPONENT : exponent;
    scaled = (scaled > LARGEST_EXPONENT ? LARGEST_EXPONENT : scaled) * STEPS + MIDDLE;
    const near = (scaled + 0.5) | 0;
    const left = (scaled - near) * STEP;
    return POWERS[near] * (1 + left * (1 + left * (0.5 + left / 6)));
  }

  // What one charger of each kind is given: S = min(s0 · f_T · f_I · f_P, cap · cost without VAT).
  function supportOf(model, draw, place, setting) {
    const of = model.of;
    const count = model.sizes.alternatives;
    const found = new Float64Array(count);
    for (let kind = 0; kind < count; kind += 1) {
      const power = Math.min(of.power_kw[kind], setting.power_cap_kw) / setting.power_reference_kw;
      const wished = setting.base_sek * Math.pow(power, setting.power_exponent_pu)
        * (of.is_dc[kind] ? setting.dc_ac_ratio : 1) * (of.is_open[kind] ? setting.open_closed_ratio : 1);
      const price = draw.price_sek[place * count + kind];
      const capped = Math.min(wished, setting.share_cap_pu * price / (1 + of.vat_pu[0]));
      found[kind] = Math.min(Math.max(capped, 0), price);
    }
    return found;
  }

  // What the buyers of a year meet: prices beyond the ordinary charger's, effort, support, and hurdles by node.
  function offerOf(model, draw, walk, place, setting) {
    const size = model.sizes;
    const doublings = Math.log2(1 + walk.installed / draw.cap_soft_base_count);
    const setup = draw.cap_export_setup * Math.pow(1 - draw.cap_soft_learning_rate, doublings);
    const isPaid = setting !== null && setting.paid_places.indexOf(place) >= 0;
    const offer = {
      setup: setup, effort: setup + draw.ado_hassle, isPaid: isPaid,
      support: isPaid ? supportOf(model, draw, place, setting) : new Float64Array(size.alternatives),
      budget: isPaid ? setting.budget_msek * 1e6 : Infinity, hurdles: [],
    };
    const life = model.of.life_years[0];
    for (let node = 0; node < size.hurdles; node += 1) {
      const rate = draw.hurdle_rate * model.of.hurdle_factors[node];
      const lasting = new Float64Array(size.alternatives);
      for (let kind = 0; kind < size.alternatives; kind += 1) {
        lasting[kind] = surviving(rate, draw.stranding[place * size.alternatives + kind], life);
      }
      offer.hurdles.push({ steady: surviving(rate, 0, life), lasting: lasting });
    }
    offer.fixed = fixedWeights(model, draw, place, offer, offer.support);
    offer.bare = Number.isFinite(offer.budget) ? fixedWeights(model, draw, place, offer, null) : null;
    return offer;
  }

  // exp of what does not depend on the car: hurdle × quintile × alternative.
  function fixedWeights(model, draw, place, offer, support) {
    const size = model.sizes;
    const count = size.alternatives;
    const found = new Float64Array(size.hurdles * size.quintiles * count);
    for (let node = 0; node < size.hurdles; node += 1) {
      for (let fifth = 0; fifth < size.quintiles; fifth += 1) {
        for (let kind = 0; kind < count; kind += 1) {
          const yearly = draw.cap_opex + draw.fuse_fee_sek[kind] + model.of.burden_sek[0];
          const extra = draw.price_sek[place * count + kind] - draw.oneway_sek;
          const spent = extra + offer.effort + offer.hurdles[node].steady * yearly;
          const money = (support ? draw.ado_pass_through * support[kind] : 0) - spent;
          found[(node * size.quintiles + fifth) * count + kind] = clipped(
            draw.constant[kind] + draw.scale_per_sek[fifth] * money);
        }
      }
    }
    return found;
  }

  // exp of what depends on the car: hurdle × quintile × area × node × (alternatives, optimised charging).
  function carWeights(model, draw, offer, spot) {
    const size = model.sizes;
    const cars = size.areas * size.nodes;
    const span = cars * (size.alternatives + 1);
    const found = model.scratch || (model.scratch = new Float64Array(size.hurdles * size.quintiles * span));
    let at = 0;
    for (let node = 0; node < size.hurdles; node += 1) {
      const worth = worths(model, draw, offer.hurdles[node], spot);
      for (let fifth = 0; fifth < size.quintiles; fifth += 1) {
        const scale = draw.scale_per_sek[fifth];
        for (let car = 0; car < span; car += 1, at += 1) {
          found[at] = clipped(scale * worth[car]);
        }
      }
    }
    return found;
  }

  // Present value of what each car earns: area × node × (alternatives, optimised charging).
  function worths(model, draw, hurdle, spot) {
    const size = model.sizes;
    const kinds = size.alternatives;
    const cars = size.areas * size.nodes;
    const length = cars * size.options;
    const option = model.of.option_index;
    const found = model.worth || (model.worth = new Float64Array(cars * (kinds + 1)));
    let at = 0;
    for (let car = 0; car < cars; car += 1) {
      const well = hurdle.steady * draw.saving[car];
      for (let kind = 0; kind < kinds; kind += 1, at += 1) {
        const place = spot.lower * length + car * size.options + option[kind];
        const value = (1 - spot.fraction) * draw.value[place] + spot.fraction * draw.value[place + length];
        found[at] = well + hurdle.lasting[kind] * value;
      }
      found[at] = well;
      at += 1;
    }
    return found;
  }

  // Shares of those who decide: what they take by area × node × alternative, and the mean by quintile × area × kind.
  function shares(model, cars, fixed, deciding) {
    const size = model.sizes;
    const kinds = size.alternatives;
    const taken = new Float64Array(size.areas * size.nodes * kinds);
    const mean = new Float64Array(size.quintiles * size.areas * kinds);
    let at = 0;
    for (let row = 0; row < size.hurdles * size.quintiles; row += 1) {
      const fifth = row % size.quintiles;
      for (let area = 0; area < size.areas; area += 1) {
        const people = deciding[area * size.quintiles + fifth];
        const start = (fifth * size.areas + area) * kinds;
        for (let car = area * size.nodes; car < (area + 1) * size.nodes; car += 1, at += kinds + 1) {
          const weight = model.of.weight_pu[car] / size.hurdles;
          addShares(cars, at, fixed, row * kinds, kinds, weight, people, taken, car * kinds, mean, start);
        }
      }
    }
    return { taken: taken, mean: mean };
  }

  function addShares(cars, at, fixed, row, kinds, weight, people, taken, car, mean, start) {
    let total = 1 + cars[at + kinds];
    for (let kind = 0; kind < kinds; kind += 1) {
      total += fixed[row + kind] * cars[at + kind];
    }
    const part = weight / total;
    for (let kind = 0; kind < kinds; kind += 1) {
      const share = fixed[row + kind] * cars[at + kind] * part;
      taken[car + kind] += people * share;
      mean[start + kind] += share;
    }
  }

  function mixed(mine, theirs, part) {
    return mine.map(function (value, at) { return part * value + (1 - part) * theirs[at]; });
  }

  // What is asked of the budget, by all who would take a charger with support.
  function askedSek(model, mean, deciding, support) {
    const size = model.sizes;
    let asked = 0;
    for (let fifth = 0; fifth < size.quintiles; fifth += 1) {
      for (let area = 0; area < size.areas; area += 1) {
        const start = (fifth * size.areas + area) * size.alternatives;
        for (let kind = 0; kind < size.alternatives; kind += 1) {
          asked += deciding[area * size.quintiles + fifth] * mean[start + kind] * support[kind];
        }
      }
    }
    return asked;
  }

  // Of those whom the budget does not reach some buy without support, the others wait for the next year.
  function chooseAt(model, draw, offer, crowd, enrolled) {
    const spot = position(model, draw, enrolled);
    const cars = carWeights(model, draw, offer, spot);
    const whole = shares(model, cars, offer.fixed, crowd.deciding);
    const found = { spot: spot, taken: whole.taken, mean: whole.mean, asking: whole.mean, served: 1, waiting: null };
    const asked = Number.isFinite(offer.budget) ? askedSek(model, whole.mean, crowd.deciding, offer.support) : 0;
    if (asked > offer.budget) {
      const bare = shares(model, cars, offer.bare, crowd.deciding);
      found.served = offer.budget / asked;
      found.taken = mixed(whole.taken, bare.taken, found.served);
      found.mean = mixed(whole.mean, bare.mean, found.served);
      found.waiting = waitingOf(model, crowd.people, whole.mean, bare.mean, found.served);
    }
    return found;
  }

  function waitingOf(model, people, mean, bare, served) {
    const size = model.sizes;
    const kinds = size.alternatives;
    return people.map(function (count, at) {
      const fifth = at % size.quintiles;
      const area = Math.floor(at / (size.quintiles * size.dwellings));
      const start = (fifth * size.areas + area) * kinds;
      const lost = sum(mean.subarray(start, start + kinds)) - sum(bare.subarray(start, start + kinds));
      return (1 - served) * count * Math.max(lost, 0);
    });
  }

  function slopeOf(moved, changed, known) {
    const steep = Math.abs(moved) > 1e-3 ? -changed / moved : known;
    return Math.min(Math.max(steep, 1), STEEPEST);
  }

  // The enrolment whose reserve prices bring about that enrolment: secant steps, halved where they leave the bracket.
  function balance(model, draw, walk, offer, crowd, base) {
    const everyone = sum(crowd.people);
    let low = base;
    let high = base + everyone;
    let trial = base + walk.takenPu * (high - low);
    let slope = walk.slope;
    let last = null;
    for (let round = 0; round < ROUNDS; round += 1) {
      const found = chooseAt(model, draw, offer, crowd, trial);
      const gap = base + sum(found.taken) - trial;
      const next = last === null ? slope : slopeOf(trial - last.trial, gap - last.gap, slope);
      if (Math.abs(gap) / Math.max(trial + gap, 1) < TOLERANCE) {
        return Object.assign(found, { round: round, slope: slope, slopeAfter: next });
      }
      low = gap >= 0 ? trial : low;
      high = gap >= 0 ? high : trial;
      slope = next;
      last = { trial: trial, gap: gap };
      const wanted = trial + gap / slope;
      trial = wanted >= low && wanted <= high ? wanted : (low + high) / 2;
    }
    throw new Error("no balance of adoption and market depth");
  }

  return { open: open, offerOf: offerOf, balance: balance, supportOf: supportOf, sum: sum };
})();
