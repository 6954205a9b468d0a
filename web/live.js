'use strict';
// The live page: subscribes to the feed of one brand and shows it. Text from outside is only ever
// put in as textContent. Resumes from its cursor after every break; says so when there is a gap.

const MAX_ROWS = 500;
const WORDS = {
  en: {
    skip: 'Skip to the mentions', language: 'Language', controls: 'What to show',
    counters: 'Mentions shown by label', views: 'Views', brand: 'Brand', all: 'All brands',
    filter: 'Filter', apply: 'Apply', pause: 'Pause', resume: 'Resume', feed: 'Live mentions',
    advocates: 'Advocates', sources: 'Sources', empty: 'Nothing yet. New mentions appear here as they are made.',
    connecting: 'Connecting…', live: 'Live', paused: 'Paused', lost: 'Connection lost, trying again…',
    tokenLabel: 'This server asks for its token', connect: 'Connect', total: 'All',
    positive: 'positive', negative: 'negative', neutral: 'neutral', mixed: 'mixed',
    abstain: 'undecided', open: 'Open the post', gap: 'Mentions are missing here: ',
    waiting: (n) => `${n} new while paused`, arrived: (n) => `${n} new mentions`,
    choose: 'Choose a brand to see its advocates.', loading: 'Looking through the histories…',
    nobody: 'No advocates yet.', failed: 'The answer did not come: ',
    counts: (a) => `${a.mentions} mentions, ${a.recommendations} recommendations, ${a.defences} defences`,
    low: 'at least', level: 'Level', unknown: 'unknown author', right: 'What is right',
    unchecked: 'not checked',
  },
  it: {
    skip: 'Vai alle menzioni', language: 'Lingua', controls: 'Che cosa mostrare',
    counters: 'Menzioni mostrate per giudizio', views: 'Viste', brand: 'Marchio',
    all: 'Tutti i marchi', filter: 'Filtro', apply: 'Applica', pause: 'Pausa', resume: 'Riprendi',
    feed: 'Menzioni dal vivo', advocates: 'Sostenitori', sources: 'Fonti',
    empty: 'Ancora niente. Le nuove menzioni compaiono qui appena arrivano.',
    connecting: 'Connessione…', live: 'In diretta', paused: 'In pausa',
    lost: 'Connessione persa, nuovo tentativo…', tokenLabel: 'Questo server chiede il suo token',
    connect: 'Connetti', total: 'Tutte', positive: 'positiva', negative: 'negativa',
    neutral: 'neutra', mixed: 'mista', abstain: 'incerta', open: 'Apri il post',
    gap: 'Qui mancano menzioni: ', waiting: (n) => `${n} nuove durante la pausa`,
    arrived: (n) => `${n} nuove menzioni`, choose: 'Scegli un marchio per vedere chi lo sostiene.',
    loading: 'Sto leggendo le storie…', nobody: 'Ancora nessun sostenitore.',
    failed: 'La risposta non è arrivata: ',
    counts: (a) => `${a.mentions} menzioni, ${a.recommendations} consigli, ${a.defences} difese`,
    low: 'almeno', level: 'Livello', unknown: 'autore sconosciuto', right: 'Che cosa è giusto',
    unchecked: 'non verificata',
  },
};
const ACTS_IT = {
  recommend: 'consiglia', 'anti-recommend': 'sconsiglia', seek: 'chiede consiglio',
  received: 'ha ricevuto un consiglio', defend: 'difende', help: 'aiuta', testimonial: 'racconta',
  praise: 'loda', idea: 'propone', compare: 'confronta', complain: 'si lamenta', churn: 'se ne va',
  'purchase-intent': 'vuole comprare', invite: 'invita',
};
const TABS = ['feed', 'advocates', 'sources'];
const SIGNS = { positive: '+', negative: '−', neutral: '=', mixed: '±', abstain: '?' };
const LABELS = Object.keys(SIGNS);

const $ = (id) => document.getElementById(id);
let language = navigator.language.toLowerCase().startsWith('it') ? 'it' : 'en';
let token = '', turns = 0;
let socket = null;
let cursor = 'now';
let attempts = 0;
let retryTimer = 0;
let state = 'connecting';
let paused = false;
let queue = [];          // frames' items and gaps not yet drawn, oldest first
let frameAsked = false;
let announced = 0;
const counts = Object.fromEntries(LABELS.map((label) => [label, 0]));

const say = (key) => WORDS[language][key];

// `inside` is a text, which stays one whatever it says, or a node.
function element(tag, className, inside) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (inside !== undefined) node.append(inside);
  return node;
}

// --- one mention ---

// Spans are byte offsets into UTF-8; strings here are UTF-16.
function byteToIndex(text) {
  const map = new Map([[0, 0]]);
  let bytes = 0;
  let index = 0;
  for (const character of text) {
    const code = character.codePointAt(0);
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    index += character.length;
    map.set(bytes, index);
  }
  return map;
}

function markedText(parent, text, spans) {
  const map = byteToIndex(text);
  const cuts = new Set([0, text.length]);
  const found = [];
  for (const span of spans) {
    const begin = map.get(span.begin);
    const end = map.get(span.end);
    if (begin === undefined || end === undefined || begin >= end) continue;
    found.push({ begin, end, kind: span.kind });
    cuts.add(begin).add(end);
  }
  const places = [...cuts].sort((a, b) => a - b);
  for (let i = 0; i + 1 < places.length; i++) {
    const part = text.slice(places[i], places[i + 1]);
    const kinds = found.filter((s) => s.begin <= places[i] && s.end >= places[i + 1]);
    let node = document.createTextNode(part);
    const hit = kinds.find((s) => s.kind !== 'match');
    if (hit) node = element('span', `hit ${hit.kind}`, node);
    if (kinds.some((s) => s.kind === 'match')) node = element('mark', '', node);
    parent.append(node);
  }
}

function spansOf(mention, field) {
  const spans = [];
  for (const match of mention.matches || []) {
    if (match.field === field) spans.push({ begin: match.begin, end: match.end, kind: 'match' });
  }
  for (const hit of (mention.sentiment && mention.sentiment.hits) || []) {
    if ((hit.field || 'text') !== field) continue;
    spans.push({ begin: hit.begin, end: hit.end, kind: hit.weight < 0 ? 'down' : 'up' });
  }
  return spans;
}

function safeLink(url) {
  try {
    const parsed = new URL(url);
    return parsed.protocol === 'https:' || parsed.protocol === 'http:' ? parsed.href : null;
  } catch {
    return null;
  }
}

function timeNode(text) {
  const node = element('time');
  const date = new Date(text);
  node.dateTime = text;
  node.textContent = Number.isNaN(date.getTime()) ? text
    : date.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
  return node;
}

function labelChip(sentiment) {
  const label = LABELS.includes(sentiment.label) ? sentiment.label : 'abstain';
  const score = label === 'abstain' ? '' : ` ${sentiment.score.toFixed(2)}`;
  return element('span', `chip ${label}`, `${SIGNS[label]} ${say(label)}${score}`);
}

// What a person says of the label. What they said of the rest stays, and so does the program's chip.
function correctionBox(mention, row) {
  const box = element('select', 'correct');
  box.setAttribute('aria-label', say('right'));
  const { by, at, ...said } = mention.correction || {};
  for (const label of ['', ...LABELS.filter((l) => l !== 'abstain')]) {
    box.append(new Option(label ? `${SIGNS[label]} ${say(label)}` : say('unchecked'), label));
  }
  box.value = said.label || '';
  box.addEventListener('change', async () => {
    const correction = box.value ? { ...said, label: box.value } : null;
    const change = { method: 'PATCH', body: JSON.stringify({ correction }) };
    const answer = await ask(`/api/v1/mentions/${mention.mention_id}`, change)
      .catch((error) => { $('filter-error').textContent = error.message; });
    const next = mentionRow(answer || mention);
    row.replaceWith(next);
    next.querySelector('.correct').focus();
  });
  return box;
}

function mentionRow(mention) {
  const row = element('li');
  row.dataset.label = mention.sentiment.label;
  const post = mention.post;
  const who = element('div', 'who');
  who.append(element('strong', '', post.author.name || post.author.handle || say('unknown')));
  if (post.author.name && post.author.handle) who.append(element('span', '', `@${post.author.handle}`));
  who.append(element('span', '', `${post.source} · ${mention.brand}`));
  const time = timeNode(post.created_at);
  time.className = 'right';
  who.append(time);
  const url = post.url && safeLink(post.url);
  if (url) {
    const link = element('a', '', say('open'));
    link.href = url;
    link.rel = 'noopener noreferrer nofollow';
    link.target = '_blank';
    who.append(link);
  }
  row.append(who);
  if (post.title) {
    const title = element('p', 'title');
    markedText(title, post.title, spansOf(mention, 'title'));
    row.append(title);
  }
  const text = element('p', 'text');
  text.dir = 'auto';
  if (post.lang || mention.lang) text.lang = mention.lang || post.lang;
  markedText(text, post.text, spansOf(mention, 'text'));
  row.append(text);
  const chips = element('div', 'chips');
  chips.append(labelChip(mention.sentiment));
  for (const act of mention.acts || []) {
    const name = language === 'it' ? ACTS_IT[act.act] || act.act : act.act;
    const chip = element('span', 'chip act', name);
    if (act.cue) chip.title = act.cue;
    chips.append(chip);
  }
  chips.append(correctionBox(mention, row));
  if (mention.relation_hint) chips.append(element('span', 'chip', mention.relation_hint));
  row.append(chips);
  return row;
}

// --- the list ---

function drawQueue() {
  frameAsked = false;
  if (paused) {
    $('news').textContent = queue.length ? say('waiting')(queue.length) : '';
    return;
  }
  const fresh = queue.splice(0);
  if (!fresh.length) return;
  const batch = document.createDocumentFragment();
  for (const item of fresh.slice(-MAX_ROWS).reverse()) {
    if (item.gap) {
      batch.append(element('li', 'gap', say('gap') + item.gap));
    } else {
      batch.append(mentionRow(item));
    }
  }
  for (const item of fresh) if (!item.gap && item.sentiment.label in counts) counts[item.sentiment.label]++;
  const list = $('mentions');
  list.prepend(batch);
  while (list.children.length > MAX_ROWS) list.lastElementChild.remove();
  $('empty').hidden = list.children.length > 0;
  drawCounters();
  announce(fresh.length);
}

// A screen reader hears how many came, not each of them, and not more often than it can say.
let announceTimer = 0;
function announce(count) {
  announced += count;
  if (announceTimer) return;
  announceTimer = setTimeout(() => {
    announceTimer = 0;
    if (!paused) $('news').textContent = say('arrived')(announced);
    announced = 0;
  }, 2000);
}

function enqueue(items) {
  queue.push(...items);
  if (queue.length > 4 * MAX_ROWS) queue = queue.slice(-2 * MAX_ROWS);
  if (!frameAsked) {
    frameAsked = true;
    requestAnimationFrame(drawQueue);
  }
}

function drawCounters() {
  const list = $('counters');
  const total = LABELS.reduce((sum, label) => sum + counts[label], 0);
  const rows = [['', 'total', total]].concat(LABELS.map((label) => [SIGNS[label], label, counts[label]]));
  list.replaceChildren(...rows.map(([sign, key, count]) => {
    const row = element('li');
    row.append(element('b', '', count.toLocaleString(language)));
    row.append(element('span', '', sign ? `${sign} ${say(key)}` : say(key)));
    return row;
  }));
}

function clearList() {
  queue = [];
  for (const label of LABELS) counts[label] = 0;
  $('mentions').replaceChildren();
  $('empty').hidden = false;
  $('news').textContent = '';
  drawCounters();
}

// --- the connection ---

function setState(next) {
  state = next;
  const shown = paused && next === 'live' ? 'paused' : next;
  $('state').dataset.state = shown;
  $('state-words').textContent = say(shown);
}

function wanted() {
  const brand = $('brand').value;
  const where = $('where').value.trim();
  if (!brand) return where;
  return where ? `brand:${brand} (${where})` : `brand:${brand}`;
}

async function connect() {
  clearTimeout(retryTimer);
  const turn = ++turns;
  if (socket) Object.assign(socket, { onclose: null, onmessage: null }).close();
  setState('connecting');
  const given = token ? await ask('/api/v1/live:ticket', { method: 'POST' }).catch(() => null) : {};
  if (turn !== turns) return; // another call has taken over
  if (!given) { retry(); return; }
  const ticket = given.ticket ? `?ticket=${given.ticket}` : '';
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  socket = new WebSocket(`${scheme}://${location.host}/api/v1/live${ticket}`, ['passaparola.v1']);
  socket.onopen = () => {
    socket.send(JSON.stringify({ op: 'subscribe', id: 'page', where: wanted(), after: cursor }));
  };
  socket.onmessage = (event) => hear(JSON.parse(event.data));
  socket.onclose = retry;
}

function retry() {
  setState('lost');
  attempts++;
  const most = Math.min(30000, 500 * 2 ** Math.min(attempts, 6));
  retryTimer = setTimeout(connect, most / 2 + Math.random() * most / 2);
}

function hear(frame) {
  if (frame.op === 'subscribed') {
    attempts = 0;
    cursor = frame.cursor;
    $('filter-error').textContent = '';
    setState('live');
  } else if (frame.op === 'mentions') {
    cursor = frame.cursor;
    enqueue(frame.items);
  } else if (frame.op === 'gap') {
    enqueue([{ gap: frame.reason }]);
  } else if (frame.op === 'error') {
    $('filter-error').textContent = frame.message;
    if (frame.code === 'cursor_unknown' || frame.code === 'cursor_ahead') {
      enqueue([{ gap: frame.message }]);
      cursor = 'now';
      socket.close();
    }
  }
}

async function ask(path, options = {}) {
  const headers = { 'Content-Type': 'application/json' };
  if (token) headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(path, { ...options, headers });
  const body = await answer.json();
  if (answer.status === 401) $('token-form').hidden = false;
  if (!answer.ok) throw new Error(body.detail || answer.statusText);
  return body;
}

// A page of the recent past, so that the list is not empty at first.
async function begin() {
  clearList();
  cursor = 'now';
  const brand = $('brand').value;
  const query = new URLSearchParams({ limit: '1000', last: '1000' });
  if (brand) query.set('brand', brand);
  const where = $('where').value.trim();
  if (where) query.set('where', where);
  try {
    const page = await ask(`/api/v1/mentions?${query}`);
    cursor = page.cursor;
    enqueue(page.items.slice(-100));
    $('filter-error').textContent = '';
  } catch (error) {
    $('filter-error').textContent = error.message;
  }
  connect();
  if ($('tab-advocates').getAttribute('aria-selected') === 'true') showAdvocates();
}

async function loadBrands() {
  const select = $('brand');
  const before = select.value;
  try {
    const { brands } = await ask('/api/v1/brands');
    select.replaceChildren(new Option(say('all'), ''),
      ...brands.map(({ id }) => new Option(id.replaceAll('_', ' '), id)));
    select.value = before;
  } catch {
    // The connection's own state says what is wrong.
  }
}

// --- advocates ---

function advocateRow(person) {
  const row = element('li');
  row.append(element('span', 'rank', String(person.rank)));
  const body = element('div');
  const who = element('div', 'who');
  const author = person.author;
  who.append(element('strong', '', author.name || author.handle || author.id));
  if (author.name && author.handle) who.append(element('span', '', `@${author.handle}`));
  who.append(element('span', '', `${author.source} · ${person.class} · ${say('level')}: ${person.level}`));
  body.append(who);
  body.append(element('p', 'reason', say('counts')(person)));
  const evidence = (person.evidence || [])[0];
  const words = evidence && ((evidence.post && evidence.post.text) || evidence.text);
  if (words) {
    const quote = element('q', '', words.length > 240 ? `${words.slice(0, 240)}…` : words);
    body.append(element('p', 'reason', quote));
  }
  row.append(body);
  const score = element('div', 'score', Number(person.score).toFixed(1));
  score.append(element('small', '', `${say('low')} ${Number(person.score_low).toFixed(1)}`));
  row.append(score);
  return row;
}

async function showAdvocates() {
  const news = $('advocates-news');
  const brand = $('brand').value;
  $('advocates').replaceChildren();
  if (!brand) {
    news.textContent = say('choose');
    return;
  }
  news.textContent = say('loading');
  try {
    const report = await ask(`/api/v1/brands/${encodeURIComponent(brand)}/advocates?top=20`);
    $('advocates').replaceChildren(...report.advocates.map(advocateRow));
    news.textContent = report.advocates.length ? '' : say('nobody');
  } catch (error) {
    news.textContent = say('failed') + error.message;
  }
}

// --- the page ---

function choose(tab) {
  for (const name of TABS) {
    const chosen = name === tab;
    $(`tab-${name}`).setAttribute('aria-selected', String(chosen));
    $(`tab-${name}`).tabIndex = chosen ? 0 : -1;
    $(`panel-${name}`).hidden = !chosen;
  }
  if (tab === 'advocates') showAdvocates();
  if (tab === 'sources') showSources();
}

function speak(next) {
  language = next;
  document.documentElement.lang = next;
  for (const node of document.querySelectorAll('[data-say]')) node.textContent = say(node.dataset.say);
  for (const node of document.querySelectorAll('[data-name]')) {
    node.setAttribute('aria-label', say(node.dataset.name));
  }
  $('to-it').setAttribute('aria-pressed', String(next === 'it'));
  $('to-en').setAttribute('aria-pressed', String(next === 'en'));
  $('pause').textContent = say(paused ? 'resume' : 'pause');
  setState(state);
  drawCounters();
}

function togglePause() {
  paused = !paused;
  $('pause').setAttribute('aria-pressed', String(paused));
  $('pause').textContent = say(paused ? 'resume' : 'pause');
  setState(state);
  enqueue([]);
}

$('to-it').addEventListener('click', () => { speak('it'); begin(); });
$('to-en').addEventListener('click', () => { speak('en'); begin(); });
$('pause').addEventListener('click', togglePause);
$('brand').addEventListener('change', begin);
$('filter').addEventListener('submit', (event) => { event.preventDefault(); begin(); });
$('token-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  token = $('token').value;
  $('token').value = '';
  $('token-form').hidden = true;
  await loadBrands();
  begin();
});
for (const [i, tab] of TABS.entries()) {
  $(`tab-${tab}`).addEventListener('click', () => choose(tab));
  $(`tab-${tab}`).addEventListener('keydown', (event) => {
    const step = { ArrowLeft: TABS.length - 1, ArrowRight: 1 }[event.key];
    const other = TABS[(i + step) % TABS.length];
    if (!other) return;
    choose(other);
    $(`tab-${other}`).focus();
  });
}

speak(language);
loadBrands().then(() => {
  const asked = new URLSearchParams(location.search);
  if (asked.get('brand')) $('brand').value = asked.get('brand');
  if (TABS.includes(asked.get('view'))) choose(asked.get('view'));
  begin();
});
