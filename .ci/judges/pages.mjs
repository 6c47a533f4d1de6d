// pages.mjs (FOLDER PAGE...)...   axe on every page of each folder, light and dark, on a phone and
// on a desk; Lighthouse on the pages named. Any finding of axe and any score below 100 is a failure.
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(path.join(process.env.JUDGES, 'package.json'));
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const lighthouse = (await import(pathToFileURL(require.resolve('lighthouse')).href)).default;

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const MODES = ['light', 'dark'].flatMap((scheme) => [1280, 375].map((width) => ({ scheme, width })));
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
// Performance is measured, and a busy machine measures badly: the best of so many runs counts.
const TRIES = 4;
const TYPES = {
  html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml',
  png: 'image/png', jpg: 'image/jpeg', webp: 'image/webp', json: 'application/json',
  xml: 'application/xml', webmanifest: 'application/manifest+json', ico: 'image/x-icon', txt: 'text/plain', woff2: 'font/woff2',
};

const folders = [];
for (const word of process.argv.slice(2)) {
  if (fs.existsSync(word) && fs.statSync(word).isDirectory()) folders.push({ root: path.resolve(word), pages: [] });
  else folders.at(-1).pages.push(word);
}

function serve(root) {
  const server = http.createServer((request, response) => {
    let file = path.join(root, decodeURIComponent(new URL(request.url, 'http://a').pathname));
    if (file.endsWith(path.sep)) file = path.join(file, 'index.html');
    if (!file.startsWith(root) || !fs.existsSync(file) || !fs.statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[path.extname(file).slice(1)] || 'application/octet-stream';
    const headers = { 'content-type': type, 'cache-control': 'public, max-age=31536000' };
    let bytes = fs.readFileSync(file);
    if (/text|json|xml/.test(type)) {
      bytes = zlib.gzipSync(bytes);
      headers['content-encoding'] = 'gzip';
    }
    response.writeHead(200, headers).end(bytes);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function pagesOf(root) {
  const all = fs.readdirSync(root, { recursive: true, withFileTypes: true });
  const pages = all.filter((entry) => entry.isFile() && entry.name.endsWith('.html'));
  return pages.map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name))).sort();
}

let faults = 0;
const fault = (words) => {
  faults += 1;
  console.log(words);
};

const port = 9333 + (process.pid % 500);
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'judge-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', `--remote-debugging-port=${port}`],
  timeout: 120_000,
});

for (const { root, pages } of folders) {
  const server = await serve(root);
  const base = `http://127.0.0.1:${server.address().port}/`;
  const all = pagesOf(root);
  const tab = await browser.newPage();
  for (const page of all) {
    try {
      await tab.goto(base + page.split(path.sep).map(encodeURIComponent).join('/'));
      // A page that sends its reader on has nothing to judge, and leaves while it is judged.
      if (await tab.locator('meta[http-equiv=refresh]').count()) continue;
      await tab.evaluate(axe);
      for (const { scheme, width } of MODES) {
        await tab.setViewportSize({ width, height: 900 });
        // Without motion, so that no color is judged on its way to another.
        await tab.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
        const { violations } = await tab.evaluate((tags) => axe.run({ runOnly: tags, resultTypes: ['violations'] }), TAGS);
        for (const { id, nodes } of violations) {
          fault(`${root}/${page} (${scheme}, ${width}): ${id}: ${nodes.map((node) => node.target).join(', ')}`);
        }
      }
    } catch (error) {
      // The refresh of a redirect may win the race against the question above.
      if (!fs.readFileSync(path.join(root, page), 'utf8').includes('http-equiv="refresh"')) {
        fault(`${root}/${page}: ${error.message.split('\n')[0]}`);
      }
    }
  }
  await tab.close();
  console.log(`axe: ${root}: ${all.length} pages in ${MODES.length} modes`);

  for (const page of pages) {
    let best = {};
    let audits = {};
    for (let run = 0; run < TRIES && CATEGORIES.some((name) => (best[name] ?? 0) < 100); run += 1) {
      const { lhr } = await lighthouse(base + page, { port, output: 'json', logLevel: 'error', onlyCategories: CATEGORIES });
      const worse = CATEGORIES.filter((name) => Math.round(lhr.categories[name].score * 100) > (best[name] ?? -1));
      for (const name of worse) best[name] = Math.round(lhr.categories[name].score * 100);
      audits = lhr;
    }
    console.log(`lighthouse: ${root}/${page}: ${CATEGORIES.map((name) => `${name} ${best[name]}`).join(', ')}`);
    for (const name of CATEGORIES.filter((name) => best[name] < 100)) {
      const weak = audits.categories[name].auditRefs.filter(({ id, weight }) => weight && audits.audits[id].score < 0.9);
      fault(`  ${name} is ${best[name]}: ${weak.map(({ id }) => id).join(', ')}`);
    }
  }
  server.close();
}
await browser.close();
fs.rmSync(profile, { recursive: true, force: true });
console.log(`${faults} faults`);
process.exit(faults ? 1 : 0);
