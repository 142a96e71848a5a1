"use strict";
// What a setting brings beyond no support: cars, firm power, outlay, social value, who is paid. It follows
// analysis/cba/accounts.py and analysis/uncertainty/measures.py; transfers sum to zero over accounts and are left out.
window.designerAccounts = (function () {
  const SEK_PER_MSEK = 1e6;
  const KW_PER_MW = 1000;
  const model = window.designerModel;

  function once(data, place) {
    return Math.pow(1 + data.of.rate_pu[0], -place);
  }

  function yearly(data, place) {
    return Math.pow(1 + data.of.rate_pu[0], -(place + 1));
  }

  function byKind(data, cars) {
    const kinds = data.sizes.alternatives;
    const found = new Float64Array(kinds);
    for (let at = 0; at < cars.length; at += 1) {
      found[at % kinds] += cars[at];
    }
    return found;
  }

  // Sum over the enrolled cars of what one brings in a year, where the market stands: one for each of two streams.
  function streamed(data, draw, cars, spot) {
    const size = data.sizes;
    const length = size.areas * size.nodes * size.options;
    const found = { resource: 0, tax: 0 };
    for (let at = 0; at < cars.length; at += 1) {
      const kind = at % size.alternatives;
      const car = Math.floor(at / size.alternatives);
      const place = spot.lower * length + car * size.options + data.of.option_index[kind];
      const upper = place + length;
      found.resource += cars[at] * ((1 - spot.fraction) * draw.resource[place] + spot.fraction * draw.resource[upper]);
      found.tax += cars[at] * ((1 - spot.fraction) * draw.tax[place] + spot.fraction * draw.tax[upper]);
    }
    return found;
  }

  // Chargers bought within their life, by kind and year.
  function held(data, bought) {
    const life = data.of.life_years[0];
    return bought.map(function (_, place) {
      const found = new Float64Array(data.sizes.alternatives);
      for (let year = Math.max(place - life + 1, 0); year <= place; year += 1) {
        bought[year].forEach(function (count, kind) { found[kind] += count; });
      }
      return found;
    });
  }

  // What is left of the chargers' price after the last year, straight line over their life.
  function leftOver(data, draw, bought) {
    const years = data.sizes.years;
    const life = data.of.life_years[0];
    const kinds = data.sizes.alternatives;
    let left = 0;
    for (let place = Math.max(years - life + 1, 0); place < years; place += 1) {
      for (let kind = 0; kind < kinds; kind += 1) {
        const works = bought[place][kind] * model.served(data, draw, place, years - place, kind);
        const extra = draw.price_sek[place * kinds + kind] - draw.oneway_sek;
        left += works * extra * (life - (years - place)) / life;
      }
    }
    return left * once(data, years);
  }

  // One path by itself, present values: what its chargers cost and its cars bring, before any support.
  function ownAccounts(data, draw, walk) {
    const kinds = data.sizes.alternatives;
    const bought = walk.bought.map(function (cars) { return byKind(data, cars); });
    const found = { chargers: -leftOver(data, draw, bought), fuse: 0, resource: 0, tax: 0, bought: 0, enrolled: 0 };
    held(data, bought).forEach(function (count, place) {
      found.chargers += model.sum(count) * draw.cap_opex * yearly(data, place);
      count.forEach(function (units, kind) { found.fuse += units * draw.fuse_fee_sek[kind] * yearly(data, place); });
    });
    walk.years.forEach(function (year, place) {
      const streams = streamed(data, draw, walk.enrolled[place], year.chosen.spot);
      bought[place].forEach(function (count, kind) {
        const extra = draw.price_sek[place * kinds + kind] - draw.oneway_sek;
        found.chargers += count * (extra + year.offer.setup) * once(data, place);
      });
      found.bought += model.sum(bought[place]) * once(data, place);
      found.enrolled += model.sum(walk.enrolled[place]) * yearly(data, place);
      found.resource += streams.resource * yearly(data, place);
      found.tax += streams.tax * yearly(data, place);
    });
    return found;
  }

  // Chargers that get support in one year: dwelling × quintile × alternative, and those of a path's buyers in all.
  function cellCounts(data, year, mean, part) {
    const size = data.sizes;
    const kinds = size.alternatives;
    const found = new Float64Array(size.dwellings * size.quintiles * kinds);
    year.crowd.people.forEach(function (people, at) {
      const cell = at % (size.dwellings * size.quintiles);
      const area = Math.floor(at / (size.dwellings * size.quintiles));
      const start = ((cell % size.quintiles) * size.areas + area) * kinds;
      for (let kind = 0; kind < kinds; kind += 1) {
        found[cell * kinds + kind] += people * part * mean[start + kind];
      }
    });
    return found;
  }

  // Support on purchase: by area and quintile, its present value, chargers that get it, and those bought anyway.
  function payments(data, walk, base) {
    const size = data.sizes;
    const kinds = size.alternatives;
    const found = {
      area: new Float64Array(size.areas), fifth: new Float64Array(size.quintiles), present: 0, taken: 0, served: 0,
      anyway: 0,
    };
    walk.years.forEach(function (year, place) {
      const support = year.offer.support;
      if (!year.offer.isPaid || model.sum(support) <= 0) {
        return;
      }
      const supported = cellCounts(data, year, year.chosen.asking, year.chosen.served);
      const without = cellCounts(data, base.years[place], base.years[place].chosen.mean, 1);
      supported.forEach(function (count, at) {
        const given = support[at % kinds];
        found.fifth[Math.floor(at / kinds) % size.quintiles] += count * given;
        found.present += count * given * once(data, place);
        found.taken += given > 0 ? count : 0;
        found.served += given > 0 ? count * once(data, place) : 0;
        found.anyway += given > 0 ? Math.min(count, without[at]) : 0;
      });
      payAreas(data, year, found.area);
    });
    return found;
  }

  function payAreas(data, year, area) {
    const size = data.sizes;
    for (let row = 0; row < size.quintiles * size.areas; row += 1) {
      const place = row % size.areas;
      const fifth = Math.floor(row / size.areas);
      const people = year.crowd.deciding[place * size.quintiles + fifth] * year.chosen.served;
      for (let kind = 0; kind < size.alternatives; kind += 1) {
        area[place] += people * year.chosen.asking[row * size.alternatives + kind] * year.offer.support[kind];
      }
    }
  }

  function firmKw(data, cars) {
    const size = data.sizes;
    const found = new Float64Array(size.areas);
    for (let at = 0; at < cars.length; at += 1) {
      const area = Math.floor(at / (size.nodes * size.alternatives));
      found[area] += cars[at] * data.of.firm_kw[area * size.alternatives + at % size.alternatives];
    }
    return found;
  }

  function minus(mine, theirs) {
    return mine.map(function (value, at) { return value - theirs[at]; });
  }

  // Social value and net budget cost, with the cost of public funds on the budget.
  function ledger(data, draw, own, plain, paid) {
    const change = {};
    Object.keys(own).forEach(function (name) { change[name] = own[name] - plain[name]; });
    const vat = 1 - 1 / (1 + data.of.vat_pu[0]);
    const handling = paid.served * draw.cba_admin_per_grant;
    const budget = change.chargers * vat + change.fuse * vat + change.tax - paid.present - handling;
    const effort = change.bought * (draw.ado_hassle + draw.contract_sek) + data.of.burden_sek[0] * change.enrolled;
    const resources = change.resource - change.chargers * (1 - vat) - effort - handling;
    return { social: resources + (data.of.public_funds_pu[0] - 1) * budget, cost: -budget };
  }

  // The numbers of one draw, named as the reference names them; null where a number does not exist.
  function measures(data, draw, walk, base) {
    const target = data.of.target_place[0];
    const paid = payments(data, walk, base);
    base.own = base.own || ownAccounts(data, draw, base);
    const found = ledger(data, draw, ownAccounts(data, draw, walk), base.own, paid);
    const adopters = model.byArea(data, walk.enrolled[target]);
    const whole = model.sum(paid.fifth);
    const extra = walk.enrolled.map(function (cars, place) { return minus(cars, base.enrolled[place]); });
    let years = 0;
    extra.forEach(function (cars, place) { years += model.sum(firmKw(data, cars)) * yearly(data, place); });
    return {
      adopter_count: adopters,
      additional_count: model.byArea(data, extra[target]),
      firm_mw: firmKw(data, extra[target]).map(function (kw) { return kw / KW_PER_MW; }),
      outlay_msek: paid.area.map(function (sek) { return sek / SEK_PER_MSEK; }),
      quintile_msek: paid.fifth.map(function (sek) { return sek / SEK_PER_MSEK; }),
      social_npv_msek: found.social / SEK_PER_MSEK,
      budget_cost_msek: found.cost / SEK_PER_MSEK,
      firm_cost_sek: years > 1e-6 ? paid.present * data.of.public_funds_pu[0] / years : null,
      top_quintile_pu: whole > 0 ? paid.fifth[paid.fifth.length - 1] / whole : null,
      free_rider_pu: paid.taken > 1e-9 ? Math.min(paid.anyway, paid.taken) / paid.taken : null,
    };
  }

  function all(data, job, base) {
    return job.draws.map(function (draw, row) { return measures(data, draw, job.walks[row], base.walks[row]); });
  }

  function quantile(sorted, share) {
    const place = share * (sorted.length - 1);
    const low = Math.floor(place);
    const high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
  }

  // Median and 5-95 % of the draws that have a value.
  function interval(values) {
    const known = values.filter(function (value) { return value !== null; }).sort(function (a, b) { return a - b; });
    if (!known.length) {
      return null;
    }
    return { value: quantile(known, 0.5), low: quantile(known, 0.05), high: quantile(known, 0.95) };
  }

  return { all: all, interval: interval };
})();
