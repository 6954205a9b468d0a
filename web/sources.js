'use strict';
// The view of sources: how each is doing, and what of it is missing. Uses what live.js defines.

const SOURCE_WORDS = {
  en: {
    none: 'No sources: this server takes what is pushed to it.', rate: 'a second', lag: 'behind',
    error: 'Last trouble: ', again: 'again at ', gaps: (n) => `${n} gaps`, oneGap: '1 gap',
    whole: 'no gaps', found: (n) => `${n} found again`,
    starting: 'starting', connecting: 'connecting', reading: 'reading', waiting: 'waiting',
    stopped: 'stopped', open: 'being looked for', recovered: 'recovered', lost: 'lost',
  },
  it: {
    none: 'Nessuna fonte: questo server prende ciò che gli viene mandato.', rate: 'al secondo',
    lag: 'di ritardo', error: 'Ultimo problema: ', again: 'di nuovo alle ',
    gaps: (n) => `${n} lacune`, oneGap: '1 lacuna', whole: 'nessuna lacuna',
    found: (n) => `${n} ritrovati`,
    starting: 'si avvia', connecting: 'si collega', reading: 'legge', waiting: 'aspetta',
    stopped: 'ferma', open: 'in cerca', recovered: 'recuperata', lost: 'perduta',
  },
};
const SOURCES_EVERY_MS = 10000;
let sourcesTimer = 0;

const sayOfSources = (key) => SOURCE_WORDS[language][key];
const time = (text) => new Date(text).toLocaleString(language, { dateStyle: 'short', timeStyle: 'medium' });

function duration(seconds) {
  const number = Math.max(0, seconds);
  if (number < 90) return `${number.toFixed(number < 10 ? 1 : 0)} s`;
  if (number < 5400) return `${Math.round(number / 60)} min`;
  if (number < 172800) return `${Math.round(number / 3600)} h`;
  return `${Math.round(number / 86400)} d`;
}

function gapsOf(source) {
  if (!source.gap_count) return element('p', 'reason', sayOfSources('whole'));
  const details = element('details', 'reason');
  const count = source.gap_count === 1 ? sayOfSources('oneGap') : sayOfSources('gaps')(source.gap_count);
  details.append(element('summary', '', count));
  const list = element('ul');
  for (const gap of source.gaps) {
    const found = gap.recovered ? ` (${sayOfSources('found')(gap.recovered)})` : '';
    list.append(element('li', '',
      `${time(gap.from)} – ${time(gap.to)}: ${sayOfSources(gap.state)}${found}. ${gap.reason}`));
  }
  details.append(list);
  return details;
}

function sourceRow(source) {
  const row = element('li');
  row.dataset.state = source.state;
  const who = element('div', 'who');
  who.append(element('strong', '', source.name));
  const lag = source.lag_seconds === null ? '' : ` · ${duration(source.lag_seconds)} ${sayOfSources('lag')}`;
  who.append(element('span', '', `${source.type} · ${sayOfSources(source.state)} · ` +
    `${source.records_per_second.toFixed(1)} ${sayOfSources('rate')}${lag}`));
  row.append(who);
  if (source.last_error) {
    const again = source.next_try_at ? ` · ${sayOfSources('again')}${time(source.next_try_at)}` : '';
    row.append(element('p', 'reason', sayOfSources('error') + source.last_error + again));
  }
  row.append(gapsOf(source));
  return row;
}

async function showSources() {
  clearTimeout(sourcesTimer);
  const open = new Set([...document.querySelectorAll('#sources details[open]')]
    .map((details) => details.closest('li').dataset.name));
  try {
    const { sources } = await ask('/api/v1/sources');
    $('sources').replaceChildren(...sources.map((source) => {
      const row = sourceRow(source);
      row.dataset.name = source.name;
      const details = row.querySelector('details');
      if (details) details.open = open.has(source.name);
      return row;
    }));
    $('sources-news').textContent = sources.length ? '' : sayOfSources('none');
  } catch (error) {
    $('sources-news').textContent = say('failed') + error.message;
  }
  if (!$('panel-sources').hidden) sourcesTimer = setTimeout(showSources, SOURCES_EVERY_MS);
}
