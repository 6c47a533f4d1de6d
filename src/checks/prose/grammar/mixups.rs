//! Words that are taken for others where what stands around them tells.

use crate::checks::prose::grammar::rule::{Family, confusion};

pub(super) const FAMILIES: &[Family] = &[
    Family {
        code: "than",
        message: "`than` compares; `then` is about time",
        patterns: &[
            ("rather W <then> V|W !END|,", "than"),
            (
                "would|i'd|we'd|you'd|they'd rather W W? W? <then> V|W",
                "than",
            ),
            (
                "sooner|faster|earlier|later|slower|better|worse|larger|smaller|bigger|cheaper|longer|shorter|older|newer|stronger|easier|harder <then> before|ever|anything|anyone|others|most|usual|expected",
                "than",
            ),
            (
                "sooner|faster|earlier|later|slower|better|worse|larger|smaller|bigger|cheaper|longer|shorter|older|newer|stronger|easier|harder|more|less <then> we|i|they|he|she|it|you had|expected|thought|hoped|wanted|used|imagined|planned",
                "than",
            ),
            (", <than> reload|restart|click|press|open|save|run", "then"),
        ],
    },
    Family {
        code: "its",
        message: "`its` tells whose it is; `it's` means `it is`",
        patterns: &[
            (
                "SG|PL|CODE and|or <it's> !ADJ|ADV|VG|VD|MASS|time|part|fun|work|software|home|root|proof|overkill|art|business SG|PL END|to|of|in|on|for|with|is|are|and|or|when|as",
                "its",
            ),
            (
                "after|before|until|because|that|when|if|since <it's> !ADJ|ADV|VG|VD|MASS|time|part SG is|are|was|were|has|will|can|must|changes|changed",
                "its",
            ),
            ("all|both|and|or|among <it's> ADJ? PL", "its"),
            (
                "~ <its> easier|harder|faster|better|safer|simpler|quicker|cheaper to|than|if|when|for",
                "it's",
            ),
        ],
    },
    Family {
        code: "there",
        message: "`there` is a place or a fact, `their` tells whose it is, `they're` means `they are`",
        patterns: &[
            (
                "send|sends|sent|sign|signs|signed|edit|edits|submit|submits|enter|report|reset|review|receive|upload|copy|delete|remove|install|define|configure|lost|spend|spent|forgot|finish|finished|protects|know <there> !yet|too|again|already|first|now|instead|either ADJ? SG|PL|MASS|own END|to|of|in|on|for|and|or|with|from|by|before|after|when|as|at|is|are|was|were|has|have|can|will",
                "their",
            ),
            (
                "when|if|because|until|while|since|once|after|before|unless|whether <they're|there> ADJ? SG|PL|MASS is|are|was|were|has|have|changes|must VD|VG|not|too|in|on|at|wasted|a|an|the|ADJ|no",
                "their",
            ),
            (
                "<they're> SG|PL is|are|was|were|has|have|will|can|must",
                "their",
            ),
            (
                "but|because|so|and|that|since <there> important|useful|useless|broken|slow|fast|easy|hard|small|large|big|safe|old|new|bad|optional|expensive|cheap|similar|identical|correct|wrong|empty|required|needed END|and|for|to|too",
                "they're",
            ),
        ],
    },
    Family {
        code: "your",
        message: "`your` tells whose it is; `you're` means `you are`",
        patterns: &[
            (
                "<you're> old|own|new|current|local|first|whole|entire|personal? password|passwords|browser|name|email|account|accounts|settings|file|files|notes|data|code|project|projects|computer|machine|keyboard|screen|editor|terminal|page|pages|site|website|repository|application|document|documents|friends|address|phone|text|configuration|profile|key|keys|changes|program|laptop|device|inbox|mail !admin|administrator",
                "your",
            ),
            (
                "<you're> ADJ? SG|PL is|are|was|were|has|have|will|can|must",
                "your",
            ),
            (
                "if|unless|when|once|because <your> finished|done|ready|sure|unsure|lost|stuck|new|curious|familiar END",
                "you're",
            ),
            ("if|unless|when|because|since <your> a|an|the|not", "you're"),
            (
                "if|when|unless <your> using|running|writing|working|building DET|NUM|CODE",
                "you're",
            ),
        ],
    },
    Family {
        code: "pronoun",
        message: "the pronoun has the wrong case here",
        patterns: &[
            (
                "^ <me and him|her|them|you> V|VD|VS|are|were|have|had|will|can",
                "$3:subject and I",
            ),
            (
                "^ <him|her|them and me> V|VD|VS|are|were|have|had|will|can",
                "$1:subject and I",
            ),
            ("^ <them> are|were|have|VD|VG|can|will|must", "they"),
        ],
    },
    confusion(
        "`effect` is what comes of something; to `affect` is to change it",
        &[
            (
                "not|will|can|may|might|would|could|should|doesn't|don't|won't|didn't|cannot|can't|also|must|never <effect> !real|positive|lasting|such|meaningful ADJ? !changes|change|payments|transfers|deliveries|delivery|settlements|transactions|sales|registrations|improvements|repairs|reform PL",
                "affect",
            ),
            (
                "positive|negative|adverse|big|large|direct|immediate|significant|strong|real|great|visible|lasting|small|little|profound|noticeable <affect> on|of",
                "effect",
            ),
        ],
    ),
    confusion(
        "to `accept` is to take; `except` leaves out",
        &[("<excepts> W|NUM|CODE", "accepts")],
    ),
    confusion(
        "a `loss` is what was lost",
        &[("the|a|any|of|no|data|total <lost> of", "loss")],
    ),
    confusion(
        "`principal` is the chief one; a `principle` is a rule",
        &[(
            "in <principal> DET|you|we|it|there|they|nothing|anyone",
            "principle",
        )],
    ),
    confusion(
        "to `hear` is with the ears; `here` is this place",
        &[(
            "click|clicking|clicked|tap|press|found|available|listed|described|explained|downloaded|is|are <hear> to|and|for|in|if|END",
            "here",
        )],
    ),
    confusion(
        "`apart` is away from; `a part` belongs to it",
        &[
            ("!W|set <apart of>", "a part of"),
            (
                "not|now|still|already|also|longer|always|was|is|are|be|been|become|became|not|feel|felt <apart of>",
                "a part of",
            ),
        ],
    ),
    confusion(
        "`where` is a place; `were` and `are` are verbs",
        &[(
            "!you|we|they|i|he|she|it|users|people choose|chooses|know|knows|knew|decide|decides|see|tell|tells|define|defines|specify|specifies|set|sets|choosing|unsure|sure|remember|shows|find|explain|explains|configure|exactly|determine|determines|select|out <were> to|the|your|it|you|they|we|DET",
            "where",
        )],
    ),
    confusion(
        "`passed` is the past of `pass`; the `past` is the time before",
        &[(
            "^ they|we|he|she|i|you <past> the|a|all|this|his|her|their|our|every|it|my|by",
            "passed",
        )],
    ),
    confusion(
        "`too` is more than enough, or also; `two` is a number",
        &[
            (
                "VS|run|runs|ran|happens|comes|came|goes|went|load|loads|loaded|work|works <to> often|soon|late|early|slowly|quickly|long|rarely END|for|and|in|after|before",
                "too",
            ),
            (
                "far|way|much|it's|is|are|was|were|be|been|not|getting|grows|grown|becomes|become|got|seems|seemed|looks|looked|felt <to> long|small|large|short|big|fast|hot|cold|loud|heavy|old|young|tight|wide|busy|dark|bright|soon|late|early|expensive|dangerous|risky|vague|short|tired|easy|hard|simple|complex END|for|to|and|or|in|on|when",
                "too",
            ),
        ],
    ),
    confusion(
        "`led` is the past of `lead`",
        &[(
            "<lead> to W? W? W? W? last|yesterday week|month|year|night|day|spring|summer|fall|winter|time|END",
            "led",
        )],
    ),
    confusion(
        "`quiet` makes no noise; `quite` means rather",
        &[
            (
                "takes|take|took|need|needs|got|made|makes|has|had|with|for|after|in <quiet> a long|big|large|small|short|good|nice|bit|lot|few|while|number",
                "quite",
            ),
            ("<quiet> some time", "quite"),
        ],
    ),
    confusion(
        "to `know` is to have learned it; `now` is the present, `no` the opposite of yes",
        &[
            (
                "let us|me|them|him|her <now> if|what|when|whether|that|about|why|where",
                "know",
            ),
            (
                "~ do|did you|they|we <now> the|a|how|what|if|whether|where|why|that|your|who",
                "know",
            ),
        ],
    ),
    confusion(
        "to `buy` costs money; `by` tells who or how",
        &[(
            "is|are|was|were|be|been VD|written|made|read <buy> NUM|DET|PL|W !from|at|for",
            "by",
        )],
    ),
    confusion(
        "`off` is away, `of` belongs to",
        &[
            ("to log <of> !the|a|all|every|PL", "off"),
            (
                "turn|turns|turned|switch|switched|shut the|your|this|that|a SG|PL <of> END|at|when|before|after|by|and|if",
                "off",
            ),
        ],
    ),
    confusion(
        "the `site` of a page is where it is, a `sight` is seen",
        &[(
            "the whole|entire|complete <sight> is|was|on|from|W W? W? W? W? W? server|web|page|pages|online|browser",
            "site",
        )],
    ),
];
