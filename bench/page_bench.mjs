// What the page costs the browser: `node bench/page_bench.mjs [MENTIONS_A_SECOND] [MINUTES]`.
// The real program is pushed posts, each a mention; a page in Chromium follows them for a minute,
// is scrolled up and down in each frame of the next, and so on. Verified: what the list has at the
// end is what the server has, and the page did nothing that it must not do.
import assert from 'node:assert/strict';
import { isConnected, launch, open, until } from '../tests/page/lib/browser.mjs';
import { post, Server } from '../tests/page/lib/server.mjs';

const rate = Number(process.argv[2] ?? 200);
const minutes = Number(process.argv[3] ?? 10);
const batch = 20;
const sentences = [
  'Adoro la Moka Nera, la consiglio a tutti quelli che amano il caffè!',
  'La mia Moka Nera si è rotta dopo un mese e l’assistenza non risponde, che delusione.',
  'Has anybody tried the Moka Nera on an induction hob? Looking for advice before I buy one.',
  'Moka Nera o capsule? Io dico moka, tutta la vita, anche se ci vuole più tempo la mattina.',
];

const server = await Server.start();
const browser = await launch();
const page = await open(browser, server, '#/live');
await isConnected(page);
const session = await page.context().newCDPSession(page);
await session.send('Performance.enable');

const metrics = async () => {
  const { metrics: all } = await session.send('Performance.getMetrics');
  return Object.fromEntries(all.map(({ name, value }) => [name, value]));
};
const heapMiB = async () => {
  await session.send('HeapProfiler.collectGarbage');
  return (await metrics()).JSHeapUsedSize / 2 ** 20;
};

// Scrolls down and up while that is wanted, and notes how long each frame took. While it is not, no
// frame is asked for: that has a cost of its own.
await page.evaluate(() => {
  window.isScrolling = false;
  window.frames100 = [];
  window.frameCount = 0;
  const list = document.querySelector('.list');
  let before = 0;
  let step = 40;
  const frame = (now) => {
    if (!window.isScrolling) return;
    window.frameCount++;
    if (now - before > 100) window.frames100.push(Math.round(now - before));
    before = now;
    if (list.scrollTop + list.clientHeight >= list.scrollHeight - 1 || list.scrollTop > 20_000) step = -40;
    if (list.scrollTop <= 0) step = 40;
    list.scrollTop += step;
    requestAnimationFrame(frame);
  };
  window.beginScrolling = () => {
    before = performance.now();
    requestAnimationFrame(frame);
  };
});

let pushed = 0;
let isOver = false;
const pushing = (async () => {
  const begin = Date.now();
  while (!isOver) {
    const due = ((Date.now() - begin) / 1000) * rate;
    if (pushed + batch > due) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      continue;
    }
    await server.push(Array.from({ length: batch }, () => {
      const n = pushed++;
      return post(`p${n}`, `${sentences[n % sentences.length]} (${n})`, {
        author: { id: `a${n % 5000}`, name: `Persona ${n % 5000}`, handle: `p${n % 5000}.example` },
      });
    }));
  }
})();

console.log(`${rate} mentions/s for ${minutes} minutes`);
console.log('minute\tmain ms/s\tscript ms/s\tframes/s\tover 100 ms\theap MiB\tdocument nodes');
let last = await metrics();
let lastFrames = 0;
let slow = 0;
const costs = { following: [], scrolling: [] };
for (let minute = 1; minute <= minutes; minute++) {
  const does = minute % 2 === 1 ? 'following' : 'scrolling';
  await page.evaluate((isScrolling) => {
    window.isScrolling = isScrolling;
    if (isScrolling) window.beginScrolling();
    else document.querySelector('.list').scrollTo(0, 0);
  }, does === 'scrolling');
  last = await metrics();
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  const now = await metrics();
  const seconds = now.Timestamp - last.Timestamp;
  const { count, frames } = await page.evaluate(() => {
    window.isScrolling = false; // collecting garbage below is ours, and no frame of the page's
    return { count: window.frameCount, frames: window.frames100.splice(0) };
  });
  slow += frames.length;
  const main = ((now.TaskDuration - last.TaskDuration) / seconds) * 1000;
  const script = ((now.ScriptDuration - last.ScriptDuration) / seconds) * 1000;
  costs[does].push(main);
  const heap = await heapMiB();
  console.log(
    [`${minute} ${does}`, main.toFixed(0), script.toFixed(0), ((count - lastFrames) / seconds).toFixed(0),
      `${frames.length}${frames.length ? ` (${Math.max(...frames)} ms)` : ''}`, heap.toFixed(1), now.Nodes].join('\t'),
  );
  lastFrames = count;
}
isOver = true;
await pushing;
const listed = Number(/\d[\d.,]*/.exec(await page.locator('.feed .quiet').first().innerText())?.[0].replace(/[.,]/g, ''));
assert.ok(listed > 0 && listed <= Math.min(pushed, 5000), `${listed} in the list of ${pushed} pushed`);
await until(async () => {
  await page.locator('.list').evaluate((list) => list.scrollTo(0, 0));
  return (await page.locator('.list-row .words').first().innerText()).endsWith(`(${pushed - 1})`);
}, 'the newest is there');
const told = Object.entries(costs).map(([does, all]) => {
  all.sort((a, b) => a - b);
  return `${does} median ${all[Math.floor(all.length / 2)]?.toFixed(0)}, most ${all.at(-1)?.toFixed(0)} ms/s`;
});
console.log(`pushed ${pushed}; main thread: ${told.join('; ')}; ${slow} frames over 100 ms`);
assert.deepEqual(page.faults, []);
await browser.close();
await server.stop();
