"use strict";
// Leaves the rows that fit what the reader chose, says how many they are, and keeps the choice in the link's fragment.
(function () {
  var form = document.querySelector(".row-filter");
  var status = document.querySelector(".shown");
  var rows = Array.prototype.slice.call(document.querySelectorAll(".row"));
  var groups = Array.prototype.slice.call(document.querySelectorAll(".row-group"));
  var fields = Array.prototype.slice.call(form.querySelectorAll("select, input"));
  // as it is written, not as it is set: no word joiners, every space alike
  var words = rows.map(function (row) { return row.textContent.replace(/\u2060/g, "").replace(/\s+/g, " ").toLowerCase(); });
  var waiting = 0;

  function fits(row, at) {
    return fields.every(function (field) {
      var wanted = field.value.trim().toLowerCase();
      if (wanted === "") {
        return true;
      }
      return field.name === "text" ? words[at].indexOf(wanted) >= 0 : row.dataset[field.name].split(" ").indexOf(wanted) >= 0;
    });
  }

  function apply() {
    var count = 0;
    rows.forEach(function (row, at) {
      row.hidden = !fits(row, at);
      count += row.hidden ? 0 : 1;
    });
    groups.forEach(function (group) { group.hidden = group.querySelector(".row:not([hidden])") === null; });
    var told = count === 0 ? status.dataset.none : status.dataset.told.replace("#", String(count));
    // a screen reader reads the count once the reader has stopped writing
    window.clearTimeout(waiting);
    waiting = window.setTimeout(function () { status.textContent = told; }, 150);
  }

  function write() {
    var chosen = new URLSearchParams();
    fields.forEach(function (field) {
      if (field.value.trim() !== "") {
        chosen.set(field.name, field.value.trim());
      }
    });
    var text = chosen.toString();
    window.history.replaceState(null, "", text === "" ? window.location.pathname + window.location.search : "#" + text);
  }

  // A fragment is either a choice (verdict=explained&text=villa) or the place of a row (PR028).
  function read() {
    var fragment = window.location.hash.slice(1);
    var chosen = new URLSearchParams(fragment.indexOf("=") < 0 ? "" : fragment);
    fields.forEach(function (field) {
      field.value = chosen.get(field.name) || "";
      if (field.selectedIndex === -1) {
        field.value = "";
      }
    });
    apply();
    var row = document.getElementById(fragment);
    if (row !== null && row.classList.contains("row")) {
      row.querySelector("details").open = true;
      row.scrollIntoView();
    }
  }

  function changed() {
    apply();
    write();
  }

  form.addEventListener("input", changed);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { window.setTimeout(changed, 0); });
  window.addEventListener("hashchange", read);
  form.hidden = false;
  read();
})();
