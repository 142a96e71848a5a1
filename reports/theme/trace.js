"use strict";
// Tells where a number comes from: a click on a number, or the button of its view, opens a dialog.
(function () {
  var holder = document.getElementById("trace-data");
  if (!holder || !holder.textContent || !window.HTMLDialogElement) {
    return;
  }
  var known = JSON.parse(holder.textContent);
  var say = known.say;
  var NUMBER = /[\u2212-]?\d+(?:[\u00a0\u202f ]\d{3})*(?:[.,]\d+)*(?:[\u00a0\u202f ]?(?:%|MW|kW|kWh|MWh|kr|SEK|mnkr|MSEK|bilar|cars|h|km)(?![a-zåäö]))?/g;
  var dialog = null;

  function element(name, text, className) {
    var made = document.createElement(name);
    if (text) {
      made.textContent = text;
    }
    if (className) {
      made.className = className;
    }
    return made;
  }

  function pair(list, label, text) {
    if (text) {
      list.appendChild(element("dt", label));
      list.appendChild(element("dd", text));
    }
  }

  function words(node) {
    return node ? node.textContent.replace(/\s+/g, " ").trim() : "";
  }

  // The title of the view that a number stands in: of a figure, a table or a card.
  function titleOf(view) {
    var inside = view.querySelector("figcaption h3, caption, h3");
    return inside ? words(inside) : "";
  }

  function placeIn(cell) {
    var table = cell && cell.closest("table");
    if (!table) {
      return { row: "", column: "" };
    }
    var line = cell.parentNode;
    var heads = table.querySelectorAll("thead th");
    var at = heads.length - (line.cells.length - cell.cellIndex);
    var first = line;
    while (first && !first.querySelector("th[scope]")) {
      first = first.previousElementSibling;
    }
    var names = [first && words(first.querySelector("th[scope]"))];
    Array.prototype.forEach.call(line.cells, function (other) {
      if (other !== cell && other.tagName === "TD" && !other.classList.contains("number")) {
        names.push(words(other));
      }
    });
    return { row: names.filter(Boolean).join(", "), column: at >= 0 ? words(heads[at]) : "" };
  }

  function steps(table) {
    var list = element("ol");
    table.steps.forEach(function (step) {
      list.appendChild(element("li", known.rules[step[1]] + (step[2] > 1 ? " (× " + step[2] + ")" : "")));
    });
    var fold = element("details");
    fold.appendChild(element("summary", say.way + " (" + table.steps.length + " " + say.steps + ")"));
    fold.appendChild(list);
    return fold;
  }

  function describe(part, name) {
    var table = known.tables[name];
    part.appendChild(element("h3", say.table + " "));
    part.lastChild.appendChild(element("code", name));
    var list = element("dl");
    pair(list, say.file, table.files.length > 3 ? table.files[0] + " …" : table.files.join(", "));
    if (table.steps.length) {
      pair(list, say.made_by, known.rules[table.steps[0][1]]);
    }
    part.appendChild(list);
    if (table.steps.length) {
      part.appendChild(steps(table));
    }
    Object.keys(known.kinds).forEach(function (kind) {
      if (table.sources[kind]) {
        part.appendChild(element("h4", known.kinds[kind]));
        var sources = element("ul");
        table.sources[kind].forEach(function (place) {
          sources.appendChild(element("li", known.sources[place]));
        });
        part.appendChild(sources);
      }
    });
    if (table.parameters) {
      part.appendChild(element("p", table.parameters));
    }
  }

  function command(names, number) {
    var asked = names.join(",") + (number ? ": " + number.replace(/[\u00a0\u202f]/g, " ") : "");
    return 'make trace NUMBER="' + asked + '" SCENARIO=' + known.scenario;
  }

  function open(view, number, cell) {
    var names = view.dataset.origin.split(" ").filter(function (name) { return known.tables[name]; });
    if (!names.length) {
      return;
    }
    if (!dialog) {
      dialog = element("dialog", "", "trace");
      dialog.setAttribute("aria-labelledby", "trace-title");
      dialog.addEventListener("click", function (event) {
        if (event.target === dialog) {
          dialog.close();
        }
      });
      document.body.appendChild(dialog);
    }
    dialog.textContent = "";
    var title = element("h2", say.title + (number ? ": " + number : ""));
    title.id = "trace-title";
    dialog.appendChild(title);
    var list = element("dl");
    var place = placeIn(cell);
    pair(list, say.value, number);
    pair(list, say.row, place.row);
    pair(list, say.column, place.column);
    pair(list, say.shown, titleOf(view));
    dialog.appendChild(list);
    names.forEach(function (name) { describe(dialog, name); });
    if (number) {
      dialog.appendChild(element("h3", say.command));
      var line = element("p");
      line.appendChild(element("code", command(names, number)));
      dialog.appendChild(line);
    }
    var close = element("button", say.close, "trace-close");
    close.type = "button";
    close.addEventListener("click", function () { dialog.close(); });
    dialog.insertBefore(close, dialog.firstChild);
    dialog.showModal();
    dialog.scrollTop = 0;
  }

  // The number under a point of the page, where there is one, and the view that names its tables.
  function numberAt(event) {
    var target = event.target;
    if (!target.closest || target.closest("a, button, summary, input, select, label, .plot, dialog")) {
      return null;
    }
    var view = target.closest("[data-origin]");
    var found = view && (numberUnder(target, event) || firstIn(target.closest("td.number")));
    return found && { view: view, number: found, cell: target.closest("td, th") };
  }

  // The number whose letters the pointer is on.
  function numberUnder(target, event) {
    var spot = caret(event.clientX, event.clientY);
    if (!spot || spot.node.nodeType !== 3 || !target.contains(spot.node)) {
      return null;
    }
    var found = null;
    var match;
    NUMBER.lastIndex = 0;
    while ((match = NUMBER.exec(spot.node.nodeValue)) && match.index <= spot.offset) {
      if (spot.offset <= match.index + match[0].length) {
        found = match[0].trim();
      }
    }
    return found;
  }

  // A cell of numbers may be clicked beside its letters too.
  function firstIn(cell) {
    NUMBER.lastIndex = 0;
    var match = cell && NUMBER.exec(cell.textContent);
    return match && match[0].trim();
  }

  function caret(x, y) {
    if (document.caretPositionFromPoint) {
      var position = document.caretPositionFromPoint(x, y);
      return position && { node: position.offsetNode, offset: position.offset };
    }
    var range = document.caretRangeFromPoint && document.caretRangeFromPoint(x, y);
    return range && { node: range.startContainer, offset: range.startOffset };
  }

  function addButton(view) {
    if (view.parentNode.closest("[data-origin]") || view.matches(".source, .subtitle, .shown, summary")) {
      return;
    }
    var button = element("button", say.button, "trace-button");
    button.type = "button";
    var label = titleOf(view) || words(view).slice(0, 60);
    button.appendChild(element("span", ": " + label, "hidden"));
    button.addEventListener("click", function () { open(view, "", null); });
    if (view.matches("p, li:not(.card):not(.scheme-card)")) {
      view.appendChild(button);
      return;
    }
    var line = element("p", "", "trace-line");
    line.appendChild(button);
    if (view.matches("figure, .card, .scheme-card")) {
      view.appendChild(line);
    } else {
      view.parentNode.insertBefore(line, view.nextSibling);
    }
  }

  document.addEventListener("DOMContentLoaded", function () {
    Array.prototype.forEach.call(document.querySelectorAll("[data-origin]"), addButton);
    document.addEventListener("click", function (event) {
      var found = String(window.getSelection()) === "" ? numberAt(event) : null;
      if (found) {
        open(found.view, found.number, found.cell);
      }
    });
    var last = null;
    document.addEventListener("mousemove", function (event) {
      var over = numberAt(event) ? event.target : null;
      if (over !== last) {
        if (last) {
          last.classList.remove("trace-over");
        }
        if (over) {
          over.classList.add("trace-over");
        }
        last = over;
      }
    });
  });
})();
