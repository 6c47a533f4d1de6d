//! The forms of words: `write`, `writes`, `wrote`, `written`, `writing`.

use harper_core::spell::{Dictionary, FstDictionary};
use harper_core::{DictWordMetadata, IrregularVerbs};

/// Makes one form of a word out of another, with the help of the dictionary.
pub(super) struct Forms<'a> {
    words: &'a FstDictionary,
}

/// Verbs whose preterite is no participle: base, preterite, participle.
const STRONG: &[(&str, &str, &str)] = &[
    ("be", "was", "been"),
    ("begin", "began", "begun"),
    ("break", "broke", "broken"),
    ("choose", "chose", "chosen"),
    ("do", "did", "done"),
    ("draw", "drew", "drawn"),
    ("drive", "drove", "driven"),
    ("eat", "ate", "eaten"),
    ("fall", "fell", "fallen"),
    ("forget", "forgot", "forgotten"),
    ("freeze", "froze", "frozen"),
    ("give", "gave", "given"),
    ("go", "went", "gone"),
    ("grow", "grew", "grown"),
    ("hide", "hid", "hidden"),
    ("know", "knew", "known"),
    ("ride", "rode", "ridden"),
    ("rise", "rose", "risen"),
    ("run", "ran", "run"),
    ("see", "saw", "seen"),
    ("shake", "shook", "shaken"),
    ("show", "showed", "shown"),
    ("speak", "spoke", "spoken"),
    ("steal", "stole", "stolen"),
    ("swim", "swam", "swum"),
    ("take", "took", "taken"),
    ("throw", "threw", "thrown"),
    ("become", "became", "become"),
    ("come", "came", "come"),
    ("overwrite", "overwrote", "overwritten"),
    ("undo", "undid", "undone"),
    ("wear", "wore", "worn"),
    ("write", "wrote", "written"),
    ("find", "found", "found"),
    ("build", "built", "built"),
    ("send", "sent", "sent"),
    ("make", "made", "made"),
    ("keep", "kept", "kept"),
    ("have", "had", "had"),
    ("get", "got", "got"),
    ("think", "thought", "thought"),
    ("say", "said", "said"),
    ("tell", "told", "told"),
    ("lose", "lost", "lost"),
    ("hear", "heard", "heard"),
    ("leave", "left", "left"),
    ("bring", "brought", "brought"),
    ("buy", "bought", "bought"),
    ("hold", "held", "held"),
    ("set", "set", "set"),
    ("put", "put", "put"),
    ("read", "read", "read"),
    ("let", "let", "let"),
];

impl<'a> Forms<'a> {
    pub(super) fn new(words: &'a FstDictionary) -> Self {
        Self { words }
    }

    /// The base of a verb: `write` of `writes`, `wrote` and `writing`.
    pub(super) fn base(&self, word: &str) -> Option<String> {
        let word = word.to_lowercase();
        let strong = STRONG
            .iter()
            .find(|(_, past, participle)| [past, participle].contains(&&&*word));
        if let Some((base, ..)) = strong {
            return Some((*base).to_owned());
        }
        match word.as_str() {
            "has" | "had" => return Some("have".to_owned()),
            "is" | "are" | "were" => return Some("be".to_owned()),
            "does" => return Some("do".to_owned()),
            _ => {}
        }
        if let Some(base) = IrregularVerbs::curated().get_lemma_for_preterite(&word) {
            return Some(base.to_owned());
        }
        let cut = |end: &str, more: &str| {
            let stem = word.strip_suffix(end)?;
            Some(format!("{stem}{more}"))
        };
        let single = |end: &str| {
            let stem = word.strip_suffix(end)?;
            let mut letters = stem.chars().rev();
            let (last, before) = (letters.next()?, letters.next()?);
            (last == before).then(|| stem[..stem.len() - last.len_utf8()].to_owned())
        };
        let candidates = [
            cut("ies", "y"),
            cut("ied", "y"),
            cut("s", ""),
            cut("es", ""),
            cut("d", ""),
            single("ed"),
            cut("ed", ""),
            cut("ing", "e"),
            single("ing"),
            cut("ing", ""),
        ];
        let mut bases = candidates.into_iter().flatten();
        bases.find(|base| self.has(base, DictWordMetadata::is_verb_lemma))
    }

    /// The third person of a verb in its base form.
    pub(super) fn third(&self, base: &str) -> String {
        let base = base.to_lowercase();
        match base.as_str() {
            "be" => "is".to_owned(),
            "have" => "has".to_owned(),
            _ => with_s(&base),
        }
    }

    /// The past participle of a verb in its base form.
    pub(super) fn participle(&self, base: &str) -> Option<String> {
        let base = base.to_lowercase();
        if let Some((.., participle)) = STRONG.iter().find(|(known, ..)| *known == base) {
            return Some((*participle).to_owned());
        }
        self.with_ending(&base, "ed", "d")
            .filter(|word| self.has(word, is_past))
    }

    /// The form in `ing` of a verb in its base form.
    pub(super) fn gerund(&self, base: &str) -> Option<String> {
        let base = base.to_lowercase();
        let is_gerund = DictWordMetadata::is_verb_progressive_form;
        self.with_ending(&base, "ing", "ing")
            .filter(|word| self.has(word, is_gerund))
    }

    /// The singular of a noun in the plural.
    pub(super) fn singular(&self, plural: &str) -> Option<String> {
        let plural = plural.to_lowercase();
        let known = [
            ("people", "person"),
            ("children", "child"),
            ("men", "man"),
            ("women", "woman"),
        ];
        if let Some((_, singular)) = known.iter().find(|(word, _)| *word == plural) {
            return Some((*singular).to_owned());
        }
        let bases = [("ies", "y"), ("s", ""), ("es", "")];
        let mut bases = bases.iter().filter_map(|(end, more)| {
            let stem = plural.strip_suffix(end)?;
            Some(format!("{stem}{more}"))
        });
        bases.find(|base| self.has(base, DictWordMetadata::is_singular_noun))
    }

    /// The plural of a noun in the singular, if the dictionary has it.
    pub(super) fn plural(&self, singular: &str) -> Option<String> {
        let plural = with_s(&singular.to_lowercase());
        self.has(&plural, DictWordMetadata::is_plural_noun)
            .then_some(plural)
    }

    fn with_ending(&self, base: &str, ending: &str, after_e: &str) -> Option<String> {
        let last = base.chars().next_back()?;
        if let Some(stem) = base.strip_suffix('y').filter(|_| ending == "ed")
            && !stem.ends_with(|c| "aeiou".contains(c))
        {
            return Some(format!("{stem}ied"));
        }
        let dropped = match ending {
            "ed" => base.ends_with('e').then(|| format!("{base}{after_e}")),
            _ => base
                .strip_suffix('e')
                .map(|stem| format!("{stem}{after_e}")),
        };
        let doubled = format!("{base}{last}{ending}");
        let plain = format!("{base}{ending}");
        let known = |word: &String| self.has(word, |word| word.is_verb());
        dropped
            .filter(known)
            .or_else(|| Some(doubled).filter(known))
            .or_else(|| Some(plain).filter(known))
    }

    fn has(&self, word: &str, is: impl Fn(&DictWordMetadata) -> bool) -> bool {
        self.words
            .get_word_metadata_str(word)
            .is_some_and(|metadata| is(&metadata))
    }
}

fn is_past(word: &DictWordMetadata) -> bool {
    word.is_verb_past_form()
        || word.is_verb_past_participle_form()
        || word.is_verb_simple_past_form()
}

fn with_s(word: &str) -> String {
    let hisses = ["s", "x", "z", "ch", "sh", "o"]
        .iter()
        .any(|end| word.ends_with(end));
    match word.strip_suffix('y') {
        Some(stem) if !stem.ends_with(|c| "aeiou".contains(c)) => format!("{stem}ies"),
        _ if hisses => format!("{word}es"),
        _ => format!("{word}s"),
    }
}
