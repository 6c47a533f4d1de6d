// How a text becomes terms. The rule is that of src/render/search/terms.rs; the suite holds the two
// to one table.

const searchPairs = "\u0e00-\u0fff\u1000-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u3131-\u318e\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\u{20000}-\u{323af}";
const searchLetters = "[\\p{Alphabetic}\\p{N}\\p{M}\\xad]";
const searchPieces = new RegExp(`(?:(?=[${searchPairs}])${searchLetters})+|(?:(?![${searchPairs}])${searchLetters})+`, "gu");
const searchPair = new RegExp(`^[${searchPairs}]`, "u");
const searchDropped = /([иу]\u0306)|[\xad\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]/g;
const searchOther = { "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ς": "σ", "ٱ": "ا", "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك" };

function searchCut(text, letters) {
  return text.length > letters ? [...text].slice(0, letters).join("") : text;
}

function searchFold(text, language) {
  text = text.normalize("NFKD").toLowerCase().replace(searchDropped, "$1")
    .replace(/[ßæœøłđıςٱىیةک]/g, (letter) => searchOther[letter])
    .replace(/[٠-٩۰-۹]/g, (digit) => digit.charCodeAt(0) & 15)
    .replace(/[^\p{Alphabetic}\p{N}\p{M}]/gu, "")
    .normalize("NFC");
  if (language == "de") text = text.replace(/([aou])e/g, "$1");
  const [article] = /^(?:[وبكف]ال|ال|لل)(?=.{3})/u.exec(text) || [""];
  return text.slice(article.length);
}

// The words of a text: where they stand, what they are folded to, and the terms they make. A piece
// of a script without spaces makes a term of every two letters.
function searchWords(text, language) {
  const words = [];
  for (const { 0: piece, index: at } of text.matchAll(searchPieces)) {
    if (searchPair.test(piece)) {
      const folded = searchFold(piece, language);
      const letters = [...folded];
      const pairs = letters.map((letter, at) => letter + (letters[at + 1] || ""));
      const whole = letters.length > 2 && /^[가-힣]+$/.test(folded) ? searchCut(folded, 40) : "";
      if (letters.length) words.push({ at, end: at + piece.length, text: folded, whole, pairs, terms: whole ? [whole, ...pairs] : pairs });
    } else {
      const folded = searchCut(searchFold(searchCut(piece, 64), language), 40);
      if (folded) words.push({ at, end: at + piece.length, text: folded, whole: folded, pairs: [], terms: [folded] });
    }
  }
  return words;
}
