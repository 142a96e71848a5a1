"use strict";
// The page of the designer: controls, the link that holds their state, and what the model says about it.
(function () {
  const data = JSON.parse(document.getElementById("designer-data").textContent);
  const model = window.designerModel;
  const SLICE_MS = 40;
  const TELL_MS = 700;
  const FEW = 10;
  const NAMES = Object.keys(data.keys);
  const words = data.words;
  const numbers = window.designerNumbers(data.locale, data.units);
  const state = { area: data.areas[0], case: Object.keys(data.cases)[0], budgetShown: 50 };
  const bases = {};
  const found = { group: "", key: "", draws: [] };
  let opened = null;
  let turn = 0;
  let telling = 0;

  function byId(name) {
    return document.getElementById(name);
  }

  // ---- state: what is set, and the link that holds it

  function clampTo(name, value) {
    const range = byId("range-" + name);
    return Math.min(Math.max(value, Number(range.min)), Number(range.max));
  }

  function setKnobs(values) {
    NAMES.forEach(function (name) {
      if (Object.prototype.hasOwnProperty.call(values, name)) {
        state[name] = values[name] === null ? Infinity : clampTo(name, values[name]);
      }
    });
  }

  function preset(name) {
    return Object.assign({ budget_msek: null }, data.presets[name]);
  }

  function rounded(name, value) {
    return Number(value.toFixed(data.steps[name] < 1 ? 3 : 0));
  }

  function fragment() {
    const chosen = new URLSearchParams();
    NAMES.forEach(function (name) {
      chosen.set(data.keys[name], Number.isFinite(state[name]) ? String(rounded(name, state[name])) : "none");
    });
    chosen.set("area", state.area);
    chosen.set("case", state.case);
    return "#" + chosen.toString();
  }

  // What the link says; what it lacks or cannot mean is as in the proposal.
  function readLink() {
    const chosen = new URLSearchParams(window.location.hash.slice(1));
    const values = preset(Object.keys(data.presets)[0]);
    NAMES.forEach(function (name) {
      const text = chosen.get(data.keys[name]);
      if (text === "none" && name === "budget_msek") {
        values[name] = null;
      } else if (text !== null && text.trim() !== "" && Number.isFinite(Number(text))) {
        values[name] = Number(text);
      }
    });
    setKnobs(values);
    state.area = data.areas.indexOf(chosen.get("area")) >= 0 ? chosen.get("area") : data.areas[0];
    state.case = data.cases[chosen.get("case")] ? chosen.get("case") : Object.keys(data.cases)[0];
  }

  // ``typed`` is the number that is being written: it is left alone until the reader is done with it.
  function showKnobs(typed) {
    NAMES.forEach(function (name) {
      const isFree = !Number.isFinite(state[name]);
      const value = isFree ? state.budgetShown : state[name];
      const number = byId("number-" + name);
      const range = byId("range-" + name);
      if (name !== typed) {
        number.value = String(rounded(name, value));
      }
      range.value = String(value);
      const unit = number.parentNode.querySelector(".unit").textContent;
      range.setAttribute("aria-valuetext", rounded(name, value) + " " + unit);
      number.disabled = range.disabled = isFree;
    });
    byId("free").checked = !Number.isFinite(state.budget_msek);
    byId("area").value = state.area;
    byId("case").value = state.case;
  }

  function changed(typed) {
    showKnobs(typed);
    window.history.replaceState(null, "", fragment());
    byId("copied").textContent = "";
    if (opened !== null) {
      compute();
    }
  }

  // ---- the model, a few years at a time so that a control never waits

  function groupOf(name) {
    const start = opened.of.case_start[0];
    return data.cases[name][0] < start ? "drawn" : "central";
  }

  function rowsOf(group) {
    const start = opened.of.case_start[0];
    const first = group === "drawn" ? 0 : start;
    const last = group === "drawn" ? start : opened.draws.length;
    return Array.from({ length: last - first }, function (_, at) { return first + at; });
  }

  function setting() {
    const chosen = Object.assign({}, data.law);
    NAMES.forEach(function (name) { chosen[name] = state[name]; });
    return chosen;
  }

  // Follows a job through its years in slices; a newer turn ends it.
  function slices(job, mine, done) {
    const until = window.performance.now() + SLICE_MS;
    let goes = true;
    while (goes && window.performance.now() < until) {
      goes = job.step();
    }
    if (mine !== turn) {
      return;
    }
    if (goes) {
      window.setTimeout(function () { guarded(function () { slices(job, mine, done); }); }, 0);
    } else {
      done(job);
    }
  }

  function guarded(work) {
    try {
      work();
    } catch (trouble) {
      byId("trouble").textContent = words.failed;
      byId("trouble").hidden = false;
      byId("outcome").setAttribute("aria-busy", "false");
    }
  }

  // Another area or price year is another look at the same draws.
  function compute() {
    turn += 1;
    const mine = turn;
    const group = groupOf(state.case);
    const rows = rowsOf(group);
    if (found.key === keyOf(group)) {
      guarded(show);
      return;
    }
    byId("outcome").setAttribute("aria-busy", "true");
    byId("trouble").hidden = true;
    window.setTimeout(function () {
      if (mine === turn) {
        guarded(function () { withBase(group, rows, mine); });
      }
    }, 0);
  }

  function keyOf(group) {
    return NAMES.map(function (name) { return state[name]; }).concat(group).join(" ");
  }

  function withBase(group, rows, mine) {
    if (bases[group]) {
      follow(group, rows, mine);
    } else {
      slices(model.begin(opened, rows, null), mine, function (job) {
        bases[group] = job;
        follow(group, rows, mine);
      });
    }
  }

  function follow(group, rows, mine) {
    slices(model.begin(opened, rows, setting()), mine, function (job) {
      found.group = group;
      found.key = keyOf(group);
      found.draws = window.designerAccounts.all(opened, job, bases[group]);
      show();
    });
  }

  // ---- what is shown

  function chosenDraws() {
    const start = found.group === "drawn" ? 0 : opened.of.case_start[0];
    return data.cases[state.case].map(function (row) { return found.draws[row - start]; });
  }

  function valuesOf(draws, name) {
    const place = data.areas.indexOf(state.area) - 1;
    return draws.map(function (draw) {
      const value = draw[name];
      return value === null || typeof value === "number" ? value : place < 0 ? model.sum(value) : value[place];
    });
  }

  // Median and 5-95 %; of few draws, which are price years, their mean and ends.
  function summed(values) {
    const known = values.filter(function (value) { return value !== null; });
    if (!known.length || values.length >= FEW) {
      return window.designerAccounts.interval(values);
    }
    const ends = { low: Math.min.apply(null, known), high: Math.max.apply(null, known) };
    return Object.assign(ends, { value: model.sum(known) / known.length });
  }

  function show() {
    const draws = chosenDraws();
    const shown = {};
    Object.keys(data.measures).forEach(function (name) { shown[name] = summed(valuesOf(draws, name)); });
    Object.keys(shown).forEach(function (name) { showRow(name, shown[name]); });
    byId("range-head").textContent = draws.length >= FEW ? words.range_drawn : words.range_few;
    showFifths(draws);
    showGiven();
    showAtOnce(shown);
    showPlane(shown);
    byId("outcome").setAttribute("aria-busy", "false");
    tell(shown);
  }

  function parts(name, result) {
    const unit = data.measures[name];
    const exponent = numbers.exponentOf(result.value, result.low, result.high);
    const write = function (value) { return numbers.written(value, exponent, unit); };
    const ends = { low: write(result.low), high: write(result.high) };
    const range = result.low === result.high ? "" : numbers.told(words.range_told, ends);
    return { value: numbers.withUnit(write(result.value), unit), range: range };
  }

  function showRow(name, result) {
    const row = document.querySelector("[data-measure=" + name + "]");
    const text = result === null ? { value: words.none, range: "" } : parts(name, result);
    row.querySelector(".value").textContent = text.value;
    row.querySelector(".span").textContent = text.range;
  }

  function showFifths(draws) {
    const paid = draws.reduce(function (total, draw) {
      return total.map(function (value, at) { return value + draw.quintile_msek[at]; });
    }, Array.from(draws[0].quintile_msek, function () { return 0; }));
    const whole = model.sum(paid);
    document.querySelectorAll(".fifths tbody tr").forEach(function (row, at) {
      const share = whole > 0 ? paid[at] / whole : 0;
      row.querySelector(".bar span").style.width = 100 * share + "%";
      const text = numbers.withUnit(numbers.written(share, -2, "share"), "share");
      row.querySelector(".number").textContent = whole > 0 ? text : words.none;
    });
  }

  function showGiven() {
    const middle = opened.draws[data.cases.central_middle[0]];
    const support = window.designerChoice.supportOf(opened, middle, data.law.paid_places[0], setting());
    document.querySelectorAll(".given tbody tr .number").forEach(function (cell, at) {
      cell.textContent = numbers.withUnit(numbers.written(support[at], 0, "sek"), "sek");
    });
  }

  // Where the table lies below the controls, its three first things to know stay in sight.
  function showAtOnce(shown) {
    byId("at-once").textContent = ["firm_mw", "outlay_msek", "social_npv_msek"].map(function (name) {
      return words["short_" + name] + "\u00a0" + parts(name, shown[name]).value;
    }).join(" · ");
  }

  // A screen reader hears the result once the reader has stopped moving.
  function tell(shown) {
    window.clearTimeout(telling);
    telling = window.setTimeout(function () {
      const part = function (name) { return shown[name] === null ? words.none : parts(name, shown[name]).value; };
      byId("told").textContent = numbers.told(shown.free_rider_pu === null ? words.told_nothing : words.told, {
        firm: part("firm_mw"), outlay: part("outlay_msek"), npv: part("social_npv_msek"),
        top: part("top_quintile_pu"),
      });
    }, TELL_MS);
  }

  function showPlane(shown) {
    const points = state.area === data.areas[0] ? data.points : [];
    const own = { x: shown.outlay_msek, y: shown.firm_mw };
    window.designerPlane.draw(byId("plane"), own, points, Object.assign({ locale: data.locale }, words));
    byId("plane").setAttribute("aria-label", numbers.told(words.drawing, {
      outlay: parts("outlay_msek", own.x).value, firm: parts("firm_mw", own.y).value,
    }));
    byId("points").hidden = points.length === 0;
    byId("no-points").hidden = points.length > 0;
  }

  function listPoints() {
    data.points.forEach(function (point) {
      const item = document.createElement("li");
      item.textContent = point.name;
      byId("points").append(item);
    });
  }

  // ---- controls

  function setNumber(name, text, isTyped) {
    const value = Number(String(text).replace(",", "."));
    if (String(text).trim() !== "" && Number.isFinite(value)) {
      state[name] = clampTo(name, value);
      changed(isTyped ? name : "");
    }
  }

  function setFree(isFree) {
    if (isFree) {
      state.budgetShown = Number.isFinite(state.budget_msek) ? state.budget_msek : state.budgetShown;
    }
    state.budget_msek = isFree ? Infinity : state.budgetShown;
    changed("");
  }

  function reset() {
    setKnobs(preset(byId("start").value));
    changed("");
  }

  function copyLink() {
    const link = window.location.href;
    const failed = function () { byId("copied").textContent = words.not_copied + " " + link; };
    const done = function () { byId("copied").textContent = words.copied; };
    if (window.navigator.clipboard) {
      window.navigator.clipboard.writeText(link).then(done, failed);
    } else {
      failed();
    }
  }

  function listen() {
    NAMES.forEach(function (name) {
      byId("range-" + name).addEventListener("input", function (event) { setNumber(name, event.target.value, false); });
      byId("number-" + name).addEventListener("input", function (event) { setNumber(name, event.target.value, true); });
      byId("number-" + name).addEventListener("change", function () { showKnobs(""); });
    });
    byId("free").addEventListener("change", function (event) { setFree(event.target.checked); });
    ["area", "case"].forEach(function (name) {
      byId(name).addEventListener("change", function (event) {
        state[name] = event.target.value;
        changed("");
      });
    });
    byId("knobs").addEventListener("submit", function (event) { event.preventDefault(); });
    byId("start").addEventListener("change", reset);
    byId("reset").addEventListener("click", reset);
    byId("copy").addEventListener("click", copyLink);
    window.addEventListener("hashchange", function () {
      readLink();
      changed("");
    });
    window.addEventListener("resize", function () {
      if (found.draws.length) {
        show();
      }
    });
  }

  byId("designer").hidden = false;
  readLink();
  showKnobs("");
  listPoints();
  listen();
  // the page is drawn before the arrays are unpacked
  window.setTimeout(function () {
    guarded(function () {
      opened = model.open(data.arrays);
      changed("");
    });
  }, 0);
})();
