"use strict";
// Year by year in plain script: who decides, what they take, what is enrolled. It follows analysis/cba/paths.py.
window.designerModel = (function () {
  const choice = window.designerChoice;
  const sum = choice.sum;

  function beginWalk(model, draw) {
    const size = model.sizes;
    return {
      bought: [], enrolled: [], held: new Float64Array(size.areas), aware: draw.aware_start_pu, installed: 0,
      waiting: new Float64Array(size.areas * size.dwellings * size.quintiles), takenPu: 0, slope: 1, years: [],
    };
  }

  // More households know of it: from outside, and from those who already have it.
  function learn(model, draw, walk, place) {
    const areas = model.sizes.areas;
    const before = Math.max(place - 1, 0);
    const enrolled = place ? sum(walk.enrolled[before]) : 0;
    const capable = sum(draw.capable_count.subarray(before * areas, (before + 1) * areas));
    const having = Math.min(enrolled / Math.max(capable, 1), 1);
    const untold = (1 - draw.aware_rate_pu[place]) * (1 - draw.ado_bass_q * having);
    walk.aware += (1 - walk.aware) * (1 - untold);
  }

  function byArea(model, cars) {
    const step = model.sizes.nodes * model.sizes.alternatives;
    const found = new Float64Array(model.sizes.areas);
    for (let area = 0; area < found.length; area += 1) {
      found[area] = sum(cars.subarray(area * step, (area + 1) * step));
    }
    return found;
  }

  // Households that buy a charger: first cars, worn one-way chargers, two-way ones at their end.
  function due(model, draw, walk, place) {
    const areas = model.sizes.areas;
    const life = model.of.life_years[0];
    const ended = place >= life ? byArea(model, walk.bought[place - life]) : new Float64Array(areas);
    return ended.map(function (gone, area) {
      walk.held[area] -= gone;
      const capable = draw.capable_count[place * areas + area];
      const first = capable * draw.first_pu[place];
      const worn = Math.max(capable - first - walk.held[area] - gone, 0) / life;
      return Math.min(first + worn + gone, Math.max(capable - walk.held[area], 0));
    });
  }

  function crowdOf(model, draw, walk, owed) {
    const size = model.sizes;
    const cells = size.dwellings * size.quintiles;
    const deciding = new Float64Array(size.areas * size.quintiles);
    const people = walk.waiting.map(function (waiting, at) {
      const area = Math.floor(at / cells);
      const count = draw.cell_pu[at] * owed[area] * walk.aware + waiting;
      deciding[area * size.quintiles + at % size.quintiles] += count;
      return count;
    });
    return { people: people, deciding: deciding };
  }

  // Share of chargers bought in a year that still discharge the owner's car after so many years.
  function served(model, draw, bought, age, kind) {
    return age ? Math.exp(-draw.stranding[bought * model.sizes.alternatives + kind] * (age + 0.5)) : 1;
  }

  function survivors(model, draw, walk, place) {
    const size = model.sizes;
    const kinds = size.alternatives;
    const kept = new Float64Array(size.areas * size.nodes * kinds);
    for (let year = Math.max(place - model.of.life_years[0] + 1, 0); year < place; year += 1) {
      for (let kind = 0; kind < kinds; kind += 1) {
        const part = served(model, draw, year, place - year, kind);
        for (let at = kind; at < kept.length; at += kinds) {
          kept[at] += walk.bought[year][at] * part;
        }
      }
    }
    return kept;
  }

  // One year of one draw; the slope is settled once all draws of the year are through.
  function walkYear(model, draw, walk, place, setting) {
    learn(model, draw, walk, place);
    const offer = choice.offerOf(model, draw, walk, place, setting);
    const crowd = crowdOf(model, draw, walk, due(model, draw, walk, place));
    const kept = survivors(model, draw, walk, place);
    const chosen = choice.balance(model, draw, walk, offer, crowd, sum(kept));
    const took = sum(chosen.taken);
    walk.takenPu = took / Math.max(sum(crowd.people), 1e-9);
    walk.bought.push(chosen.taken);
    walk.enrolled.push(kept.map(function (count, at) { return count + chosen.taken[at]; }));
    byArea(model, chosen.taken).forEach(function (count, area) { walk.held[area] += count; });
    walk.installed += took;
    walk.waiting = chosen.waiting || new Float64Array(crowd.people.length);
    walk.years.push({ offer: offer, crowd: crowd, chosen: chosen });
  }

  // As the reference does it, all draws of a group search together: the last round of all leaves the slope as it was.
  function settleSlopes(walks) {
    const chosen = walks.map(function (walk) { return walk.years[walk.years.length - 1].chosen; });
    const last = Math.max.apply(null, chosen.map(function (each) { return each.round; }));
    walks.forEach(function (walk, row) {
      walk.slope = chosen[row].round === last ? chosen[row].slope : chosen[row].slopeAfter;
    });
  }

  // A walk through the years for some draws; each call of ``step`` follows one year, so that a page can draw between.
  function begin(model, rows, setting) {
    const draws = rows.map(function (row) { return model.draws[row]; });
    const job = { draws: draws, walks: draws.map(function (draw) { return beginWalk(model, draw); }), place: 0 };
    job.step = function () {
      draws.forEach(function (draw, row) { walkYear(model, draw, job.walks[row], job.place, setting); });
      settleSlopes(job.walks);
      job.place += 1;
      return job.place < model.sizes.years;
    };
    return job;
  }

  function follow(model, rows, setting) {
    const job = begin(model, rows, setting);
    while (job.step()) {
      // every year in turn
    }
    return job;
  }

  return { open: choice.open, begin: begin, follow: follow, byArea: byArea, served: served, sum: sum };
})();
