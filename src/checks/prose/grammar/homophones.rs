//! Words that are taken for others that sound alike.

use crate::checks::prose::grammar::rule::{Family, confusion};

pub(super) const FAMILIES: &[Family] = &[
    confusion(
        "to `know` is to have learned it; `now` is the present, `no` the opposite of yes",
        &[
            (
                "you|we|they|i|as you|to|don't|doesn't|didn't|not|also|should|will|must|already|let <now> how|that|what|where|why|which|if|whether|about|when|the|who|your",
                "know",
            ),
            (
                "as|if|you|we|they|i|all you|we|they|all <now> , DET|it|there|you|we|this|that|they",
                "know",
            ),
            (
                "you|we|they|i|to|let|don't|should|must|need|us|me|well|will|not|already|may <no> how|that|what|where|why|which|if|whether|about|when|the|who|your|it|them|basics",
                "know",
            ),
            (
                "is|are|was|be|been|were|better|commonly|otherwise|formerly <know> as|to|in|by|for",
                "known",
            ),
            (
                "you|we|is|are|can|i|it|and|has|they|does|page|should <know> longer|available|possible|part",
                "now",
            ),
        ],
    ),
    confusion(
        "to `buy` costs money; `by` tells who or how",
        &[
            (
                "want|need|like|order|able|going|have|you|required|users|people to <by> a|an|more|new|some|one|another|licenses|the|your|it",
                "buy",
            ),
            (
                "can|could|would|must|should|please <by> a|an|more|new|some|another|licenses",
                "buy",
            ),
            (
                "is|are|was|were|be|been VD|VD! <buy> the|a|an|this|default|using|all|your|another|PL|CODE|our|hand|any",
                "by",
            ),
            ("step <buy> step", "by"),
        ],
    ),
    confusion(
        "the `whole` of a thing is all of it; a `hole` is a gap",
        &[
            (
                "the|a|this|your|its|our|that|their <hole> process|thing|file|page|project|time|world|system|point|book|document|site|idea|build|day|program|text|story|code|year|team|network|application|app|set|list|number|line|word|range|lot|web|folder|directory|database|table|string|tree|sentence|block|way|week|country|house|agreement|contract|new|data|repository",
                "whole",
            ),
            ("on|the <hole> of the|this", "whole"),
            ("security <whole> in the|your|our", "hole"),
        ],
    ),
    confusion(
        "to `bear` is to carry; `bare` is naked",
        &[
            (
                "please|to|must|shall <bare> with|witness|mind|fruit",
                "bear",
            ),
            ("<bare> in mind", "bear $2 $3"),
            ("<bare> with me|us", "bear $2 $3"),
            (
                "a|the|with|on|their|its|is <bear> metal|minimum|bones|necessities|hands|essentials|repository|name|string|word|url|specifier",
                "bare",
            ),
        ],
    ),
    confusion(
        "to `break` is to part; a `brake` slows down",
        &[
            (
                "to|will|can|may|might|would|could|should|don't|doesn't|won't|not|must|changes|they|you|also <brake> CODE|older|existing|builds|backward|backwards|compatibility|things|anything|apart|your|any",
                "break",
            ),
            (
                "it|that|which|change|this <brakes> CODE|older|existing|compatibility|backward",
                "breaks",
            ),
            (
                "line|page|section|coffee|lunch <brake> before|after|between|in|is|from|END|at|the",
                "break",
            ),
            ("line|page|section|column <brake|brakes> END|W", "break"),
        ],
    ),
    confusion(
        "a `piece` is a part; `peace` is not war",
        &[
            (
                "a|one|each|every|another|single|small <peace> of !mind|sorts|NUM",
                "piece",
            ),
            (
                "two|these|three|many|few|some|several|the|small|different|various|of|all <peaces> of|together|are|END",
                "pieces",
            ),
            ("<piece> of mind", "peace $2 $3"),
        ],
    ),
    confusion(
        "a `site` is a place, a `sight` is seen, to `cite` is to quote",
        &[
            (
                "web|official|hosting|internet|company <sight|cite> for|map|is|at|END|was|has|plan|visitors|generator|owner|in|uses|that|with|and|will|can|on|to",
                "site",
            ),
            ("web <sight|cite|sights>", "site"),
            (
                "building|construction|new <sight|cite> plan|office|manager",
                "site",
            ),
            ("please|must <site|sight> the|this|our|sources", "cite"),
            ("at first <site>", "sight"),
            ("in plain <site>", "sight"),
            ("lose|lost|losing <site> of", "sight"),
        ],
    ),
    confusion(
        "`a lot` is two words",
        &[
            ("<alot>", "a lot"),
            (
                "a|are|is|have|has|takes|there|there's|quite|saves|helped|with|whole|not|made|changed|use|used <allot> of|more|faster|better|END|less|easier|harder|slower|to",
                "a lot",
            ),
            ("<allot> of !the", "a lot of"),
        ],
    ),
    confusion(
        "`through` is from end to end; `threw` is the past of `throw`",
        &[
            (
                "passed|pass|go|goes|went|going|run|runs|read|reads|sent|walk|scroll|loop|iterate|search|look|looks|passes|flows <threw> DET|CODE|each|every|PL|it|them|N",
                "through",
            ),
            (
                "he|she|they|we|it|who <through> the|a|an|it|them|his|her old|ball|code|away|book|W? away|an",
                "threw",
            ),
            ("we|he|she|they|i <through> DET ADJ? N away|out", "threw"),
        ],
    ),
    confusion(
        "to `ensure` is to make certain; to `assure` is to tell; to `insure` is against loss",
        &[
            (
                "to|please|will|must|should|helps <insure> that|proper|correct|compatibility|consistency",
                "ensure",
            ),
            (
                "this|that|which|it|and|who|also <insures> that|correct|consistency",
                "ensures",
            ),
            (
                "to <assure> that|proper|correct|all|compatibility",
                "ensure",
            ),
            ("i|we|to <ensure> you that", "assure"),
        ],
    ),
    confusion(
        "`stationery` is paper; `stationary` stands still",
        &[
            (
                "company|office|school|business|on|of|printed|headed|some <stationary> !W|object|objects|point|points|state|position",
                "stationery",
            ),
            (
                "is|are|was|were|remains|remain|a|the|be <stationery> point|object|position|state|while|vehicle|distribution|process",
                "stationary",
            ),
        ],
    ),
    confusion(
        "`assent` is consent; `ascent` is a way up",
        &[(
            "buyer's|seller's|royal|party's|parties'|mutual|without|owner's|written <ascent> is|to|of|END|was|shall|may|has",
            "assent",
        )],
    ),
    confusion(
        "`apart` is away from; `a part` belongs to it",
        &[
            (
                "is|are|was|were|be|been|become|becomes|as|being|form|forms|play|plays|it's|only <apart of> !from",
                "a part of",
            ),
            ("<a part from>", "apart from"),
        ],
    ),
    confusion(
        "`personnel` are the people; `personal` is private",
        &[(
            "the|military|medical|support|authorized|all|key|security|our|technical|operations|other|authorised|of <personal> department|are|who|must|were|shall|is|will|only|should|END|may|have",
            "personnel",
        )],
    ),
    confusion(
        "`dessert` is sweet; a `desert` is dry",
        &[
            (
                "the|for|a|of|and|chocolate|favorite|sweet <desert> menu|recipe|wine",
                "dessert",
            ),
            ("the <dessert> sand|sun|heat|island|storm|climate", "desert"),
        ],
    ),
    confusion(
        "`which` asks and relates; a `witch` casts spells",
        &[
            (
                "PL!|CODE|,|file|value|page|option|command|key|field|word|setting|table|folder|server|one|version|program|function <witch> DET|is|are|was|were|has|have|can|will|contains|you|we|it|they|holds|one|means|would|should|does|do|allows|makes|in|may|must|VS",
                "which",
            ),
            (
                "in|of|for|to|on|with|from|by|at|tell|decide|know|specify <witch> the|you|it|a|they|we|is|of|one|file|version|page",
                "which",
            ),
            ("^ <witch> DET|N|one|of|version|is", "which"),
        ],
    ),
    confusion(
        "`formally` is by the rules; `formerly` is in the past",
        &[
            (
                "be <formerly> approved|verified|proved|proven|notified",
                "formally",
            ),
            ("<formally> known as", "formerly $2"),
        ],
    ),
    confusion(
        "`counsel` gives advice at law; a `council` meets",
        &[
            (
                "the|legal|outside|general|their|its|with|our|by|external|independent <council> for|to the buyer|seller|company|licensee|licensor|parties|party|plaintiff|defendant|borrower|lender",
                "counsel",
            ),
            (
                "legal|outside|general <council> END|for|shall|may|will|must|to|and|at|or",
                "counsel",
            ),
            (
                "<council> for the buyer|seller|company|licensee|licensor|parties|party|plaintiff|defendant|borrower|lender|tenant|landlord",
                "counsel $2 $3 $4",
            ),
            (
                "city|town|parish|county|municipal <counsel> !for",
                "council",
            ),
        ],
    ),
    confusion(
        "the word for the proper one is `right`; to `write` is to put down letters",
        &[
            (
                "the|a|is|are <write> place|way|answer|choice|thing|hand|person|moment|people|solution",
                "right",
            ),
            (
                "can|could|will|must|should|not|you|we <right> a|an|the|your|code|down|to|tests|some|it|about|files|documentation|programs|scripts|software N|PL|file|disk|test|script|program|END|for|function|book|letter|in|that|own|new|simple|code",
                "write",
            ),
        ],
    ),
    confusion(
        "`rolls` turn; `roles` are parts that are played",
        &[
            (
                "NUM|the|these|of|few|some <roles> of paper|film|tape|cable|wire|toilet|cloth|fabric|carpet|coins",
                "rolls",
            ),
            (
                "user|users|admin|access|important|assigned|crucial <roll> in|of a|the|this|user|in|administrator|each|admin",
                "role",
            ),
            (
                "play|plays|played|playing a|an|the|its|no|any ADJ? <roll> in|of|END",
                "role",
            ),
        ],
    ),
    confusion(
        "the right word is `would`; `wood` is from trees",
        &[
            (
                "it|that|you|we|they|this|i|which|he|she <wood> be|have|not|like|also|need|never",
                "would",
            ),
            (
                "the|a|of|old <would> floor|floors|table|door|house|panel|panels|box|frame|stove|chips|fire",
                "wood",
            ),
        ],
    ),
    confusion(
        "`used to` and `supposed to` end in `d`",
        &[
            (
                "am|is|are|was|were|be|been|not|isn't|aren't|wasn't|only|get|it's <suppose> to",
                "supposed",
            ),
            (
                "^ it|he|she|there|this <use> to be|have|do|work|take|live|say|call|happen|V",
                "used",
            ),
            (
                "^ i|we|they <use> to be|have|live|think|believe|say",
                "used",
            ),
            (
                "is|are|was|were|be|been|being|get|gets <use> to|for|by|as|in|with|when|on V!|N|DET|VG|CODE|W",
                "used",
            ),
        ],
    ),
    confusion(
        "`thorough` is complete",
        &[(
            "a|more|very|the|most|for|and|less <through> review|test|testing|understanding|explanation|analysis|examination|investigation|check|discussion|documentation|introduction|audit|description|read",
            "thorough",
        )],
    ),
    confusion(
        "`than` compares; `that` points",
        &[
            (
                "more|less|better|faster|rather|larger|smaller|greater|higher|lower|longer|fewer|older|newer <that> expected|usual|half|before|normal|necessary|needed|required",
                "than",
            ),
            (
                "different|differ|differs <that> the|a|an|what|those|other|your|its",
                "from",
            ),
        ],
    ),
];
