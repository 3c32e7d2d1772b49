/** Script of the HTML report. It writes what comes from logs only as text of nodes, never as markup. */
export const PAGE_SCRIPT = `
'use strict';
const rows = JSON.parse(document.getElementById('data').textContent);
const body = document.querySelector('#detections tbody');
const search = document.getElementById('search');
const more = document.getElementById('more');
const PAGE = 200;
const texts = rows.map((row) => (row.slice(0, 8).join(' ') + ' ' + Object.values(row[8]).join(' ')).toLowerCase());
let level = '', technique = '', found = [], drawn = 0;
function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = String(text);
  if (className) made.className = className;
  return made;
}
function detail(row) {
  const line = element('tr');
  const cell = element('td');
  cell.colSpan = 7;
  cell.append(element('h3', 'What matched'));
  const list = element('table');
  for (const name of Object.keys(row[8])) {
    const item = element('tr');
    item.append(element('td', name), element('td', row[8][name]));
    list.append(item);
  }
  cell.append(list, element('h3', 'Event'), element('pre', row[9]));
  line.append(cell);
  return line;
}
function toggle(line, row) {
  if (line.nextSibling && line.nextSibling.className !== 'row') line.nextSibling.remove();
  else line.after(detail(row));
}
function draw() {
  const part = document.createDocumentFragment();
  for (const index of found.slice(drawn, drawn + PAGE)) {
    const row = rows[index];
    const line = element('tr', undefined, 'row');
    line.tabIndex = 0;
    row.slice(0, 7).forEach((value, column) => {
      const cell = element('td', column === 1 ? undefined : value, column === 6 ? 'number' : '');
      if (column === 1) cell.append(element('span', value, 'tag ' + value));
      line.append(cell);
    });
    line.addEventListener('click', () => toggle(line, row));
    line.addEventListener('keydown', (event) => { if (event.key === 'Enter') toggle(line, row); });
    part.append(line);
  }
  body.append(part);
  drawn = Math.min(found.length, drawn + PAGE);
  more.hidden = drawn >= found.length;
}
function filter() {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  found = [];
  rows.forEach((row, index) => {
    if (level && row[1] !== level) return;
    if (technique && !row[7].toLowerCase().split(' ').includes('attack.' + technique)) return;
    if (words.every((word) => texts[index].includes(word))) found.push(index);
  });
  body.replaceChildren();
  drawn = 0;
  draw();
  document.getElementById('shown').textContent = found.length + ' of ' + rows.length;
  for (const button of document.querySelectorAll('[data-level]')) button.setAttribute('aria-pressed', String(button.dataset.level === level));
  for (const button of document.querySelectorAll('[data-technique]')) button.setAttribute('aria-pressed', String(button.dataset.technique === technique));
}
search.addEventListener('input', filter);
more.addEventListener('click', draw);
document.getElementById('filters').addEventListener('submit', (event) => event.preventDefault());
document.getElementById('filters').addEventListener('reset', () => { level = ''; technique = ''; setTimeout(filter); });
for (const button of document.querySelectorAll('[data-level]')) button.addEventListener('click', () => { level = level === button.dataset.level ? '' : button.dataset.level; filter(); });
for (const button of document.querySelectorAll('[data-technique]')) button.addEventListener('click', () => { technique = technique === button.dataset.technique ? '' : button.dataset.technique; filter(); });
for (const button of document.querySelectorAll('[data-search]')) button.addEventListener('click', () => { search.value = button.dataset.search; filter(); search.scrollIntoView(); });
filter();
`;
