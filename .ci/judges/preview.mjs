// preview.mjs TYMPAN   The preview as a browser has it: edits arrive in place, faults come and go.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const require = createRequire(path.join(process.env.JUDGES, 'package.json'));
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const TYMPAN = path.resolve(process.argv[2]);
const PATIENCE = { timeout: 30000 };

const project = fs.mkdtempSync(path.join(os.tmpdir(), 'tympan-preview-'));
const at = (file) => path.join(project, file);
const write = (file, text) => {
  fs.mkdirSync(path.dirname(at(file)), { recursive: true });
  fs.writeFileSync(at(file), text);
};
const words = (count) => Array.from({ length: count }, (_, number) => `Paragraph ${number} of the page.\n`).join('\n');
const guide = (text, title = 'Guide') => `# ${title}\n\n${words(40)}\n\n## Middle\n\n${text}\n
<details><summary>More</summary>\n\nFolded text.\n\n</details>\n\n<input id="typed">\n
=== "One"\n\n    First tab.\n\n=== "Two"\n\n    Second tab.\n\n${words(40)}`;

write('tympan.toml', '[project]\ntitle = "Preview"\nkind = "docs"\nlanguage = "en"\n\n[html]\nraw_html = true\n');
write('content/index.md', '# Home\n\nWelcome.\n');
write('content/guide.md', guide('Old words.'));
write('content/other.md', '# Other\n\nSee the [guide](guide.md).\n');
write('content/own.css', 'h1 { color: rgb(1, 2, 3) }\n');
write('content/styled.md', '# Styled\n\n<link rel="stylesheet" href="../own.css">\n');

const server = spawn(TYMPAN, ['-C', project, 'serve', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
const address = await new Promise((resolve, reject) => {
  server.stdout.once('data', (text) => resolve(String(text).trim()));
  server.once('exit', reject);
});

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] });
let faults = 0;
let loads = 0;
const say = (what, is) => {
  console.log(`${is ? 'ok     ' : 'FAILED '} ${what}`);
  if (!is) faults += 1;
};
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
const open = async (where, options = {}) => {
  const page = options.context ? await options.context.newPage() : await context.newPage();
  page.on('pageerror', (error) => say(`no script fails: ${error}`, false));
  await page.goto(new URL(where, address).href);
  // Until the whole is loaded a page may stand alone.
  await page.waitForFunction(() => !document.querySelector('script[data-stamp$="-0"]'), null, PATIENCE);
  page.on('framenavigated', () => { loads += 1; });
  return page;
};
const arrives = (page, text) => page.waitForFunction((text) => document.body.innerText.includes(text), text, PATIENCE);
const gone = (page, selector) => page.waitForFunction((selector) => !document.querySelector(selector), selector, PATIENCE);

try {
  const page = await open('guide/');
  await page.evaluate(() => document.querySelector('#middle').scrollIntoView());
  await page.click('summary:has-text("More")');
  await page.fill('#typed', 'typed by hand');
  await page.click('.tabs summary:has-text("Two")');
  const before = await page.evaluate(() => { window.mark = 1; return scrollY; });
  const state = () => page.evaluate(() => ({
    scroll: scrollY,
    open: [...document.querySelectorAll('details')].find((node) => node.innerText.startsWith('More')).open,
    typed: document.querySelector('#typed').value,
    mark: window.mark,
    second: [...document.querySelectorAll('*')].some((node) => node.textContent === 'Second tab.' && node.checkVisibility()),
  }));
  write('content/guide.md', guide('New words, *set* in place.'));
  await arrives(page, 'New words, set in place.');
  const after = await state();
  say('an edit is patched in place', after.mark === 1 && loads === 0);
  say(`the place is kept (${before} and ${after.scroll})`, Math.abs(after.scroll - before) < 4);
  say('what is unfolded stays so', after.open);
  say('what is typed stays', after.typed === 'typed by hand');
  say('the chosen tab stays chosen', after.second);

  const second = await open('guide/');
  const phone = await open('guide/', {
    context: await browser.newContext({ viewport: { width: 375, height: 667 }, isMobile: true, hasTouch: true }),
  });
  // A page in the background looks again when it comes to the front.
  write('content/guide.md', guide('Three see this.'));
  for (const one of [page, second, phone]) {
    await one.bringToFront();
    await arrives(one, 'Three see this.');
  }
  say('several pages and a phone follow', true);
  const wide = await phone.evaluate(() => document.documentElement.scrollWidth);
  say(`the phone's page is as wide as the phone (${wide})`, wide <= 375);
  await page.bringToFront();

  write('content/guide.md', `---\ntitle: [\n---\n${guide('Broken.')}`);
  await page.waitForSelector('tympan-overlay', PATIENCE);
  const overlay = await page.evaluate(() => document.querySelector('tympan-overlay').shadowRoot.textContent);
  say('a fault lies over the last good page', overlay.includes('content/guide.md:2') && (await page.innerText('body')).includes('Three see this.'));
  write('content/guide.md', `---\ntitle: One\nweight: {\n---\n${guide('Broken.')}`);
  await page.waitForFunction(() => document.querySelector('tympan-overlay')?.shadowRoot.textContent.includes('guide.md:3'), null, PATIENCE);
  say('another fault takes its place', true);
  write('content/guide.md', guide('Mended.'));
  await gone(page, 'tympan-overlay');
  await arrives(page, 'Mended.');
  say('and vanishes when it is mended', (await state()).mark === 1);

  write('content/guide.md', guide('Mended.', 'Guide to all'));
  await arrives(page, 'Guide to all');
  const other = await open('other/');
  say('a title is new in the navigation', (await other.locator('nav').allInnerTexts()).join().includes('Guide to all'));

  await page.bringToFront();
  const styles = await page.evaluate(() => [...document.styleSheets].map((sheet) => sheet.href).join());
  write('tympan.toml', `${fs.readFileSync(at('tympan.toml'))}\n[theme]\naccent = "#8a2b06"\n`);
  await page.waitForFunction((styles) => {
    const now = [...document.styleSheets].map((sheet) => sheet.href).join();
    return now !== styles && document.styleSheets.length > 0;
  }, styles, PATIENCE).then(() => say('a style is swapped', true), () => say('a style is swapped', false));
  say('without loading the page anew', (await state()).mark === 1);

  const styled = await open('styled/');
  const color = () => styled.evaluate(() => getComputedStyle(document.querySelector('h1')).color);
  say('an own style is there', (await color()) === 'rgb(1, 2, 3)');
  write('content/own.css', 'h1 { color: rgb(4, 5, 6) }\n');
  await styled.waitForFunction(() => getComputedStyle(document.querySelector('h1')).color === 'rgb(4, 5, 6)', null, PATIENCE);
  say('an own style is swapped', true);
  await styled.evaluate(() => { window.mark = 2; });
  write('content/styled.md', '# Styled\n\nMore words.\n\n<link rel="stylesheet" href="../own.css">\n');
  await arrives(styled, 'More words.');
  say('and an edit after it is patched in place', await styled.evaluate(() => window.mark === 2));

  fs.renameSync(at('content/other.md'), at('content/moved.md'));
  await other.bringToFront();
  await other.waitForFunction(() => !document.body.innerText.includes('See the guide'), null, PATIENCE);
  say('a page that moved is gone', true);
  const moved = await open('moved/');
  say('and stands where it is now', (await moved.innerText('h1')) === 'Other');

  write('content/moved.md', '# Other\n\n### Too deep\n\nA [dead link](nowhere.md).\n');
  await moved.waitForSelector('tympan-panel', PATIENCE);
  await moved.locator('tympan-panel button.count').click();
  const panel = await moved.evaluate(() => document.querySelector('tympan-panel').shadowRoot.textContent);
  say('the panel names the findings', panel.includes('content/moved.md:5') && panel.includes('heading-skip'));
  for (const scheme of ['light', 'dark']) {
    await moved.emulateMedia({ colorScheme: scheme });
    await moved.evaluate(axe);
    const found = await moved.evaluate(() => window.axe.run(document.querySelector('tympan-panel')));
    for (const violation of found.violations) console.log(violation.id, violation.nodes.map((node) => node.html).join(' '));
    say(`the panel is accessible (${scheme})`, found.violations.length === 0);
  }
  if (process.env.SHOTS) await moved.screenshot({ path: path.join(process.env.SHOTS, 'panel.png') });
  await moved.locator('tympan-panel button.count').click();
  say('the panel is closed', await moved.evaluate(() => document.querySelector('tympan-panel').shadowRoot.querySelector('ul').hidden));

  await page.bringToFront();
  const answer = await page.goto(new URL('deep/down/nothing', address).href);
  say('what is missing is a page too', answer.status() === 404);
} finally {
  await browser.close();
  server.kill('SIGINT');
  const code = await new Promise((resolve) => server.once('exit', resolve));
  say('Ctrl-C ends it cleanly', code === 0);
  fs.rmSync(project, { recursive: true, force: true });
}
process.exit(faults ? 1 : 0);
