"use strict";
// Numbers as the page's language writes them, with no more digits than their interval supports.
window.designerNumbers = function (locale, units) {
  function exponentOf(value, low, high) {
    const known = [value, low, high].map(Math.abs).filter(function (each) { return each > 0; });
    if (!known.length) {
      return 0;
    }
    const size = Math.floor(Math.log10(Math.max.apply(null, known)));
    if (!(high > low)) {
      return size - 2;
    }
    const own = value ? Math.floor(Math.log10(Math.abs(value))) - 1 : size - 1;
    return Math.max(Math.min(Math.floor(Math.log10((high - low) / 2)), size - 1, own), size - 2);
  }

  function written(value, exponent, unit) {
    const scale = unit === "share" ? 100 : 1;
    const places = Math.max(0, -exponent - (unit === "share" ? 2 : 0));
    const step = Math.pow(10, exponent);
    const rounded = Math.round(value / step) * step * scale + 0;
    const text = new Intl.NumberFormat(locale, { minimumFractionDigits: places, maximumFractionDigits: places })
      .format(Math.abs(rounded) < step * scale / 2 ? 0 : rounded);
    return text.replace("-", "\u2212");
  }

  function told(text, values) {
    return Object.keys(values).reduce(function (whole, name) {
      return whole.split("{" + name + "}").join(values[name]);
    }, text);
  }

  function withUnit(text, unit) {
    return units[unit] ? text + "\u00a0" + units[unit] : text;
  }

  return { exponentOf: exponentOf, written: written, told: told, withUnit: withUnit };
};
