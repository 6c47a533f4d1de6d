// Which pages answer a query. Only the files of the index that a query needs are loaded: of terms
// those where its words stand in the alphabet, of texts those of the pages that are shown.

const searchEndings = {
  en: "s es e ed d ing ings er ers ly y ies ied ion ions ation ations ment ments able al ness",
  de: "e en er ern em es s n st t te ten end ung ungen lich liche lichen keit heit keiten heiten in innen isch ische ischen",
  fr: "s e es ent er ez ees ement ements ation ations ion ions eur eurs euse if ive ives al ale aux ant ante",
  es: "s es a o as os ar er ir ado ada ados adas ando iendo cion ciones mente",
  pt: "s es a o as os ar er ir ado ada ados adas ando endo cao coes mente",
  it: "i e a o are ere ire ato ata ati ate ando endo zione zioni mente",
  nl: "e en s t er ers ing ingen heid",
  sv: "a ar arna e en er erna et n na or s",
  ru: "а я ы и о е у ю ь ом ем ой ей ам ям ами ями ах ях ов ев ого его ому ему ый ий ая яя ое ее ые ие ых их ым им ыми ими ую юю ть ет ит ют ут ят ать ять ить ал ла ли ло ка ки ку ки ок ение ения ению ений ание ания анию ний ция ции ций ость ости",
  uk: "а я и і о е у ю ь ом ем ою ею ам ям ами ями ах ях ів їв ого ому ий ій а є ої их им ими ти ть ння ення ання ість ості",
  pl: "a e i o u y ow om ami ach em iem ie ego emu ych ym ymi ac ic ec anie ania enie enia osc osci",
  tr: "lar ler i u a e in un da de dan den ta te tan ten lari leri",
  ar: "ه ي ا وا ها ان ات ون ين يه ته هم",
  fa: "ها هاي ي ان",
  ko: "을 를 이 가 은 는 에 의 로 와 과 도 만 에서 으로 에게 부터 까지 하다 하기 하는 하고 합니다 한 할 된 되는 됩니다 들 입니다",
};

function searchNumbers(text) {
  let at = 0;
  const next = () => {
    for (let number = 0, place = 1; ; place *= 45) {
      const code = text.charCodeAt(at++);
      const digit = code - (code < 92 ? 35 : 36);
      number += (digit % 45) * place;
      if (digit < 45) return number;
    }
  };
  return { next, at: () => at, to: (place) => { at = place; }, more: () => at < text.length };
}

function searchShard([names, pages]) {
  const terms = [];
  const numbers = searchNumbers(names);
  for (let last = "", start = 0; numbers.more();) {
    const shared = numbers.next();
    const length = numbers.next();
    const end = names.indexOf(" ", numbers.at());
    last = last.slice(0, shared) + names.slice(numbers.at(), end);
    numbers.to(end + 1);
    terms.push({ term: last, pages: pages.slice(start, start += length) });
  }
  return terms;
}

// How many of a sorted list stand before a place.
function searchBefore(count, isBefore) {
  let low = 0;
  while (low < count) {
    const middle = (low + count) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else count = middle;
  }
  return low;
}

// Whether one letter more, less, other, or two in the other order make one word of the other.
function searchIsNear(a, b) {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return left.length < 2 && right.length < 2
    || left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}

class SearchIndex {
  // `load` gives what a file holds, by its name.
  constructor(load) {
    this.load = load;
    this.shards = new Map();
  }

  async open() {
    if (this.root) return;
    const [root] = await this.load("index");
    const numbers = searchNumbers(root.texts);
    this.starts = [0];
    for (let pages = 0; numbers.more();) this.starts.push(pages += numbers.next());
    this.endings = (searchEndings[root.language] || "").split(" ").filter(Boolean).sort((a, b) => b.length - a.length);
    this.root = root;
  }

  shardOf(term) {
    const { first } = this.root;
    return Math.max(0, searchBefore(first.length, (at) => first[at] <= term) - 1);
  }

  shard(number) {
    if (!this.shards.has(number)) this.shards.set(number, this.load(String(number)).then(searchShard));
    return this.shards.get(number);
  }

  // The terms with a beginning, from the file where a term of them stands and those beside it.
  async starting(start, term) {
    const here = this.shardOf(term);
    const first = Math.max(this.shardOf(start), here - 1);
    const last = Math.min(this.shardOf(start + "\uffff"), here + 1);
    const shards = await Promise.all(Array.from({ length: last - first + 1 }, (_, at) => this.shard(first + at)));
    const terms = shards.flat();
    const from = searchBefore(terms.length, (at) => terms[at].term < start);
    return terms.slice(from, searchBefore(terms.length, (at) => terms[at].term < start + "\uffff"));
  }

  // Where the longest of the endings that a word may have begins.
  stem(word) {
    // Two letters of Hangul say as much as three of an alphabet.
    const least = word < "\u1100" ? 3 : 2;
    const ending = this.endings.find((ending) => word.endsWith(ending) && word.length - ending.length >= least);
    return word.length - (ending || "").length;
  }

  // Whether two words are forms of one: the same but for their endings.
  areForms(a, b, stem) {
    for (let at = stem; a[at - 1] === b[at - 1] && at <= a.length && at <= b.length; at++) {
      if ([a, b].every((word) => word.length === at || this.endings.includes(word.slice(at)))) return true;
    }
    return false;
  }

  // Terms that a word may stand for, with how well.
  async forms(word, isLast) {
    const stem = this.stem(word);
    const found = [];
    for (const { term, pages } of await this.starting(word.slice(0, stem), word)) {
      const share = word.length / term.length;
      let worth = 0;
      if (term === word) worth = 1;
      else if (this.areForms(word, term, stem)) worth = 0.85;
      else if (term.startsWith(word)) worth = isLast ? 0.4 + 0.45 * share : word.length > 2 ? 0.2 + 0.4 * share : 0;
      if (worth) found.push({ term, pages, worth });
    }
    if (!found.length && word.length > 3) found.push(...await this.near(word));
    return found.sort((a, b) => b.worth - a.worth).slice(0, 60);
  }

  // Terms that a word may be a slip of the fingers for. A slip at the beginning leads to another
  // part of the alphabet, so the nearest few are looked at too.
  async near(word) {
    const places = new Set([this.shardOf(word)]);
    for (let at = 0; at < 3; at++) {
      places.add(this.shardOf(word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2)));
      places.add(this.shardOf(word.slice(0, at) + word.slice(at + 1)));
    }
    const shards = await Promise.all([...places].slice(0, 4).map((place) => this.shard(place)));
    const found = shards.flat().filter(({ term }) => searchIsNear(term, word));
    return found.map(({ term, pages }) => ({ term, pages, worth: 0.5 }));
  }

  // Adds the pages of a term to those of others, each with the best weight. Returns whether the
  // term is so common that only some of its pages are known.
  gather(form, into) {
    const numbers = searchNumbers(form.pages);
    let known = 0;
    while (numbers.more()) {
      const head = numbers.next();
      const count = head >> 4;
      const weight = (head & 15) * form.worth;
      known += count;
      for (let left = count, page = 0; left; left--, page++) {
        page += numbers.next();
        if ((into.get(page) || 0) < weight) into.set(page, weight);
      }
    }
    return known === this.root.most;
  }

  async wordPages(word, isLast) {
    const forms = await this.forms(word, isLast);
    const pages = new Map();
    let isCommon = false;
    for (const form of forms) isCommon = this.gather(form, pages) || isCommon;
    return { pages, isCommon, terms: forms.map(({ term }) => term) };
  }

  async pairPages(word) {
    if (word.pairs.length < 2) {
      const forms = await this.starting(word.text, word.text);
      const pages = new Map();
      for (const form of forms) this.gather({ pages: form.pages, worth: 1 }, pages);
      return { pages, isCommon: false, terms: forms.map(({ term }) => term) };
    }
    const pairs = word.pairs.slice(0, Math.min(word.pairs.length - 1, 8));
    const lists = await Promise.all(pairs.map(async (pair) => {
      const pages = new Map();
      const form = (await this.shard(this.shardOf(pair))).find(({ term }) => term === pair);
      return { pages, isCommon: !!form && this.gather({ pages: form.pages, worth: 1 }, pages) };
    }));
    const needed = lists.filter((list) => !list.isCommon);
    const all = new Map();
    for (const { pages, isCommon } of lists) {
      for (const [page, weight] of pages) {
        const sum = all.get(page) || { weight: 0, count: 0 };
        sum.weight += weight / pairs.length;
        sum.count += isCommon ? 0 : 1;
        all.set(page, sum);
      }
    }
    const choose = (least) => new Map([...all].filter(([, sum]) => sum.count >= least).map(([page, sum]) => [page, sum.weight]));
    let pages = choose(needed.length);
    if (!pages.size) pages = choose(Math.ceil(needed.length * 0.6));
    return { pages, isCommon: !needed.length, terms: pairs };
  }

  // The pages that answer a query, the best first.
  async find(query) {
    await this.open();
    const { language, pages: total } = this.root;
    const words = searchWords(query, language).slice(0, 8);
    const isOpen = /[\p{L}\p{N}\p{M}]$/u.test(query);
    const lists = await Promise.all(words.map(async (word, at) => {
      const isLast = isOpen && at === words.length - 1;
      const list = word.whole ? await this.wordPages(word.whole, isLast) : null;
      return !word.pairs.length || list?.pages.size ? list : this.pairPages(word);
    }));
    const scores = new Map();
    for (const { pages, isCommon } of lists) {
      const rarity = isCommon ? 0.1 : Math.log(1 + (total - pages.size + 0.5) / (pages.size + 0.5)) + 0.2;
      for (const [page, weight] of pages) {
        const score = scores.get(page) || { page, words: 0, score: 0 };
        score.words += isCommon ? 0 : 1;
        score.score += rarity * weight;
        scores.set(page, score);
      }
    }
    const ranked = [...scores.values()].sort((a, b) => b.words - a.words || b.score - a.score || a.page - b.page);
    // Pages with some of the words help only where few have all.
    const all = ranked.filter((one) => one.words === ranked[0].words);
    const terms = new Map();
    lists.forEach((list, at) => list.terms.forEach((term) => terms.has(term) || terms.set(term, at)));
    return { pages: all.length < 5 ? ranked.slice(0, 100) : all, terms, words };
  }

  // What is shown of some pages. Those whose title or text has the words as they were typed come
  // before others of the same kind.
  async show(found, from, to) {
    const some = found.pages.slice(from, to);
    const shown = await Promise.all(some.map(async (one) => {
      const file = searchBefore(this.starts.length, (at) => this.starts[at] <= one.page) - 1;
      const [texts] = await this.load(`t${file}`);
      const shown = searchExcerpt(texts[one.page - this.starts[file]], found, this.root.language);
      return { ...shown, words: one.words, score: one.score * shown.bonus };
    }));
    return shown.sort((a, b) => b.words - a.words || b.score - a.score);
  }
}

// Where the words of a query stand in a text: from, to, which word, and whether all of it is there.
function searchHits(text, { terms, words }, language) {
  const hits = [];
  for (const word of searchWords(text, language)) {
    const whole = word.whole && terms.get(word.whole);
    if (whole !== undefined && whole !== "") {
      hits.push({ at: word.at, end: word.end, word: whole, isWhole: true });
      continue;
    }
    const letters = [...text.slice(word.at, word.end)];
    if (!word.pairs.length || letters.length !== word.pairs.length) continue;
    let at = word.at;
    word.pairs.forEach((pair, place) => {
      const next = at + letters[place].length;
      const found = terms.get(pair);
      if (found !== undefined) {
        const last = hits.at(-1);
        const end = next + (pair.length > letters[place].length ? letters[place + 1]?.length || 0 : 0);
        if (last && last.word === found && last.end >= at) last.end = end;
        else hits.push({ at, end, word: found });
        const hit = hits.at(-1);
        hit.isWhole = hit.end - hit.at >= words[found].text.length;
      }
      at = next;
    });
  }
  return hits;
}

// Whether hits are the whole query, word after word.
function searchIsPhrase(hits, count) {
  let next = 0;
  let end = -1;
  for (const hit of hits) {
    next = hit.word === next && (!next || hit.at - end < 3) ? next + 1 : hit.word ? 0 : 1;
    end = hit.end;
    if (next === count && hit.isWhole) return true;
  }
  return false;
}

const searchKinds = (hits) => new Set(hits.map((hit) => hit.word)).size;

// The best place of a page: its heading, and the text around most of the words.
function searchExcerpt([title, url, description, passages], found, language) {
  const hits = (text) => searchHits(text, found, language);
  const count = found.words.length;
  const titleHits = hits(title);
  let best = { worth: -1 };
  let isPhrase = false;
  passages.forEach(([id, heading, text], at) => {
    const [inHeading, inText] = [hits(heading), hits(text)];
    const phrase = searchIsPhrase(inHeading, count) || searchIsPhrase(inText, count);
    isPhrase ||= phrase;
    const worth = searchKinds([...inHeading, ...inText]) * 10 + searchKinds(inHeading) * 5 + (phrase ? 8 : 0)
      + Math.min(inText.length, 5) - at / 1000;
    if (worth > best.worth) best = { worth, id, heading, text, inHeading, inText };
  });
  let { id = "", heading = "", text = "", inHeading = [], inText = [], worth } = best;
  // A page that is about the query is best begun at its beginning.
  if (worth < 1 || searchKinds(titleHits) === count) [id, heading, inHeading] = ["", "", []];
  if (!inText.length && !heading) {
    text = description || passages[0]?.[2] || "";
    inText = hits(text);
  }
  let start = 0;
  let kinds = 0;
  inText.forEach((hit, at) => {
    const some = searchKinds(inText.slice(at, at + 12).filter((other) => other.end <= hit.at + 150));
    if (some > kinds) [kinds, start] = [some, hit.at];
  });
  const bonus = (isPhrase ? 1.25 : 1) * (searchIsPhrase(titleHits, count) ? 1.4 : 1);
  const [from, to] = searchWindow(text, start);
  const cut = searchMarked(text, inText, from, to);
  if (from) cut.unshift(["… ", false]);
  if (to < text.length) cut.push([" …", false]);
  return { url, id, bonus, title: searchMarked(title, titleHits, 0, title.length), heading: searchMarked(heading, inHeading, 0, heading.length), text: cut };
}

// About two lines around a place, from word to word where there are spaces.
function searchWindow(text, at) {
  let from = Math.max(0, at - 60);
  let to = Math.min(text.length, from + 200);
  from = Math.max(0, Math.min(from, to - 200));
  const [before, after] = [text.indexOf(" ", from), text.lastIndexOf(" ", to)];
  if (from && before >= 0 && before < from + 25 && before < at) from = before + 1;
  if (to < text.length && after > to - 25 && after > at) to = after;
  const isHalf = (place) => place > 0 && place < text.length && /[\udc00-\udfff]/.test(text[place]);
  return [isHalf(from) ? from - 1 : from, isHalf(to) ? to - 1 : to];
}

// A part of a text in pieces, each with whether it is marked.
function searchMarked(text, hits, from, to) {
  const pieces = [];
  let done = from;
  for (const hit of hits) {
    if (hit.at < done || hit.end > to) continue;
    if (hit.at > done) pieces.push([text.slice(done, hit.at), false]);
    pieces.push([text.slice(hit.at, hit.end), true]);
    done = hit.end;
  }
  if (done < to) pieces.push([text.slice(done, to), false]);
  return pieces;
}
