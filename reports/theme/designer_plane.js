"use strict";
// Draws outlay against firm power: the reader's setting with its intervals, and the run's own schemes by number.
window.designerPlane = (function () {
  function element(name, attributes, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.keys(attributes).forEach(function (key) { made.setAttribute(key, String(attributes[key])); });
    if (text !== undefined) {
      made.textContent = text;
    }
    return made;
  }

  function stepOf(span) {
    const size = Math.pow(10, Math.floor(Math.log10(span / 4)));
    const steps = [1, 2, 5, 10].map(function (times) { return times * size; });
    return steps.find(function (step) { return span / step <= 5; });
  }

  function scaleOf(values, from, to) {
    const low = Math.min(0, Math.min.apply(null, values));
    const high = Math.max(Math.max.apply(null, values) * 1.08, low + 1);
    const step = stepOf(high - low);
    const ticks = [];
    for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) {
      ticks.push(Math.abs(tick) < step / 2 ? 0 : tick);
    }
    return { ticks: ticks, at: function (value) { return from + (to - from) * (value - low) / (high - low); } };
  }

  // ``own`` is what the setting brings, x and y with their intervals; ``points`` are numbered in their order.
  function draw(plane, own, points, words) {
    const width = Math.max(plane.clientWidth || plane.parentNode.clientWidth, 280);
    const height = Math.round(Math.min(380, Math.max(260, width * 0.6)));
    const x = scaleOf(points.map(function (point) { return point.outlay; }).concat(own.x.high), 52, width - 12);
    const firm = points.map(function (point) { return point.firm; }).concat(own.y.low, own.y.high);
    const y = scaleOf(firm, height - 44, 22);
    plane.setAttribute("viewBox", "0 0 " + width + " " + height);
    plane.replaceChildren();
    drawAxes(plane, x, y, width, height, words);
    points.forEach(function (point, at) {
      plane.append(element("circle", { class: "fixed", cx: x.at(point.outlay), cy: y.at(point.firm), r: 9 }));
      plane.append(element("text", { class: "fixed-number", x: x.at(point.outlay), y: y.at(point.firm) + 4 }, at + 1));
    });
    drawOwn(plane, x, y, own, width, words);
  }

  function drawAxes(plane, x, y, width, height, words) {
    const plain = new Intl.NumberFormat(words.locale);
    x.ticks.forEach(function (tick) {
      const place = { x: x.at(tick), y: height - 26, "text-anchor": "middle" };
      plane.append(element("text", place, plain.format(tick).replace("-", "\u2212")));
    });
    y.ticks.forEach(function (tick) {
      plane.append(element("line", { class: "line", x1: 52, x2: width - 12, y1: y.at(tick), y2: y.at(tick) }));
      const place = { x: 46, y: y.at(tick) + 4, "text-anchor": "end" };
      plane.append(element("text", place, plain.format(tick).replace("-", "\u2212")));
    });
    plane.append(element("line", { class: "axis", x1: 52, x2: width - 12, y1: y.at(0), y2: y.at(0) }));
    plane.append(element("text", { x: width - 12, y: height - 6, "text-anchor": "end" }, words.axis_outlay));
    plane.append(element("text", { x: 4, y: 12 }, words.axis_firm));
  }

  function drawOwn(plane, x, y, own, width, words) {
    const middle = { x: x.at(own.x.value), y: y.at(own.y.value) };
    const across = { class: "spread", x1: x.at(own.x.low), x2: x.at(own.x.high), y1: middle.y, y2: middle.y };
    const along = { class: "spread", x1: middle.x, x2: middle.x, y1: y.at(own.y.low), y2: y.at(own.y.high) };
    plane.append(element("line", across), element("line", along));
    plane.append(element("circle", { class: "own", cx: middle.x, cy: middle.y, r: 8 }));
    const isRight = middle.x > width * 0.65;
    const place = { class: "own-label", x: middle.x + (isRight ? -13 : 13), y: middle.y - 10 };
    place["text-anchor"] = isRight ? "end" : "start";
    plane.append(element("text", place, words.setting));
  }

  return { draw: draw };
})();
