//! Words that are taken for others that look alike, or that differ by a letter.

use crate::checks::prose::grammar::rule::{Family, confusion};

pub(super) const FAMILIES: &[Family] = &[
    confusion(
        "to `adapt` is to change; to `adopt` is to take on",
        &[(
            "<adopt|adopts|adopted> to the|a|this|your|its|new|our|their N|PL|new|needs|changes|changing",
            "adapt",
        )],
    ),
    confusion(
        "`raise` lifts something; `rise` goes up",
        &[
            (
                "to|will|can|may|should|must|we <rise> a|an|the error|exception|issue|question|exceptions|bug|awareness|funds|money|limit|issues",
                "raise",
            ),
            (
                "prices|costs|numbers|temperatures <raise> END|when|if|by|in",
                "rise",
            ),
        ],
    ),
    confusion(
        "a `device` is a thing; to `devise` is to think out",
        &[
            (
                "a|the|this|mobile|your|each|any|every|android|storage|block|input|usb|on|other <devise> is|that|with|END|has|and|was|can|driver|name|to|in",
                "device",
            ),
            (
                "to|we|they <device> a|an|the new|plan|way|scheme|method|strategy",
                "devise",
            ),
        ],
    ),
    confusion(
        "`fewer`, `later` and `latter` differ",
        &[(
            "no|not|see|sooner or|or|do|years|days|much|until|day|months|weeks|week <latter> END|than|on|in|when",
            "later",
        )],
    ),
    confusion(
        "`precede` goes before; `proceed` goes on",
        &[
            (
                "to|can|and|then|not|you|will <precede> to|with|as|by|further|until|if|END",
                "proceed",
            ),
            (
                "is|are|be|been|was|were|not|immediately <proceeded> by",
                "preceded",
            ),
        ],
    ),
    confusion(
        "`current` is now; a `currant` is a berry",
        &[(
            "the|this|your|its|our|in <currant> version|directory|user|page|state|file|line|value|time|folder|branch|date|release|process|session|working",
            "current",
        )],
    ),
    confusion(
        "`role`, `rote`, `sum`, `some` sound alike",
        &[
            ("the|a|total <some> of the|all|two|its|these|both", "sum"),
            ("there are|need|use|in|with|after|for|read <sum> PL", "some"),
        ],
    ),
    confusion(
        "`wait` is to stay; `weight` is heavy; `waist` is a part of the body, `waste` is loss",
        &[
            (
                "a|of|not|to|don't <waist> of|time|memory|space|money|your|resources|cpu|any|bandwidth",
                "waste",
            ),
            ("please|must|should|then|to <weight> for|until", "wait"),
            ("line|font <wait> of|is|and|END|in", "weight"),
        ],
    ),
    confusion(
        "`form` is a shape; `from` is a place of origin",
        &[
            (
                "different|comes|come|came|copied|removed|taken|loaded|imported|downloaded|download|apart|away|far|derived|inherited|inherits|returned|installed|received|retrieved|generated|differs|converted|fetched|created|moved|extracted|obtained <form> the|a|an|this|that|your|all|other|it|CODE|one|our|its|their|another|any|each|source|scratch|here|which|disk",
                "from",
            ),
            (
                "a|web|login|contact|submit|html|registration <from> of|is|below|END|submission|validation",
                "form",
            ),
            (
                "a|same|simple|web|login|short|contact|html|registration|long|normal|basic|canonical <from> of|below|submission|validation|END",
                "form",
            ),
        ],
    ),
    confusion(
        "`our` is ours; `are` is a verb; `or` is a choice",
        &[
            (
                "visit|see|in|of|on|with|for|read|to|from|at|join|by|check|using|follow|follow <are> own|website|site|docs|documentation|team|users|code|project|tests|guide|community|blog|page|customers|server|company|library|example|function|goal",
                "our",
            ),
            (
                "there|they|you|we|these|those|files|users|tests|which|values|all|both|pages|names|options|results|changes|parties|people <our> not|VD!|available|stored|used|listed|free|able|in the|also|always|supported|the same|only|all|going",
                "are",
            ),
        ],
    ),
    confusion(
        "`aisle`, `isle`, `I'll` and `allowed`, `aloud` sound alike",
        &[
            (
                "is|are|not|be|was|were|isn't|aren't <aloud> to|in|by|on|for|END|here|when|only|as",
                "allowed",
            ),
            (
                "read|reads|out|reading|think|said|say|laugh <allowed> END|to|the|and",
                "aloud",
            ),
        ],
    ),
    confusion(
        "`sale`, `sell`: one is a noun, the other a verb",
        &[
            (
                "to|not|can|may|will|must|shall <sale> the|a|any|its|or|your|all|this|such|copies",
                "sell",
            ),
            ("a|for|of|this <sell> of|END", "sale"),
        ],
    ),
    confusion(
        "`heir`, `air`; `waive`, `wave`: mind which",
        &[
            (
                "to|not|may|shall|hereby|party|parties|will|can|any <wave> any|its|the|their|this|such|all|your|his|her right|rights|claim|claims|requirement|fee|fees|provision|breach|notice|condition|deadline",
                "waive",
            ),
            ("be|been|is|are|was|were|hereby <waved> unless", "waived"),
        ],
    ),
    confusion(
        "`desecrate`, `discrete`, `discreet`: `discrete` means apart",
        &[(
            "two|three|of|into|several|many|a|NUM|separate|number <discreet> values|steps|parts|units|set|events|components|value|points|time|data|elements|unit|mathematics|pieces|numbers|event",
            "discrete",
        )],
    ),
    confusion(
        "`ware`, `wear`; `where`, `wear`: mind which",
        &[(
            "the|to|you|we|is|know|find|see <wear> the|is|it|to|you|your file|files|data|page|stored|is|are|find|put|code|program",
            "where",
        )],
    ),
    confusion(
        "the `site`'s `root` and a `route` differ",
        &[(
            "the|project|site's|repository's|document|web|your <rout> directory|folder|user|element|node|path",
            "root",
        )],
    ),
    confusion(
        "`you` is the person, `your` what belongs to it",
        &[
            (
                "if|when|that|as|once|before|after|what|where|how|and|because <your> can|have|should|do|don't|must|are|could|would|may|might|can't|had|know|think",
                "you",
            ),
            (
                "in|of|on|to|from|with|for|into|edit|open|set|change|install|update|add|check|run|start|by|configure|build|restart|use|save|create|move|at|under|after|replace <you> own|file|project|code|server|application|browser|account|data|password|computer|machine|system|page|site|settings|app|editor|terminal|config|configuration|database|repository|team|users|shell|environment|email|address !to",
                "your",
            ),
        ],
    ),
    confusion(
        "`the` is the article; `then`, `they` and `them` are not",
        &[
            (
                "in|of|on|at|from|with|into|under|through <they> file|files|code|page|user|server|following|same|first|last|main|next|data|new|command|end|top|path|folder|directory|other|project|current|default|output|example|program|web|value|root|table|local",
                "the",
            ),
            (
                "in|of|on|at|from|with|into|under|through|edit|install <then> file|files|page|user|server|same|main|path|folder|directory|other|project|web|root|table|command",
                "the",
            ),
            (
                "that|if|when|because|so|but|as|which|once|since|unless|before <the> are|were|have|don't|would|could",
                "they",
            ),
            ("^ <the> are|were|have|don't|would|could", "they/there"),
        ],
    ),
    confusion(
        "`an`, `and`, `any` differ",
        &[("NUM|PL|SG , W W? <an> PL", "and")],
    ),
    confusion(
        "`thing` is an object; to `think` is to have a thought",
        &[(
            "i|we|you|they|don't|to|people <thing> that|of|about|it|it's|this|the|you|so|we|there|is",
            "think",
        )],
    ),
    confusion(
        "`least` is the smallest; `lest` is for fear that",
        &[
            (
                "at <lest> one|two|three|NUM|once|a|as|some|the|for|in",
                "least",
            ),
            ("<at leas>", "at least"),
        ],
    ),
    confusion(
        "`note` is a remark; `not` denies",
        &[
            (
                "please <not> that the|this|you|it|if|we|some|there|they|in|all|when|only|CODE|for",
                "note",
            ),
            (
                "is|are|does|do|did|was|were|has|have <note> be|VD!|work|only|possible|have|use|need|supported|available|allowed|exist|included|change|yet|been",
                "not",
            ),
        ],
    ),
    confusion(
        "`chance` is luck; to `change` is to make different",
        &[(
            "to|can|will|not|must|should|may|you|please|don't|might <chance> the|this|your|it|any|its|these|all|how|them|some",
            "change",
        )],
    ),
    confusion(
        "`sometimes` and `some time` differ",
        &[
            (
                "is|are|was|were|can|may|and|but|you|we|they|it <sometime> V|be|VD!|VG|not|called|ADJ|also|get|gets|VS!",
                "sometimes",
            ),
            ("for <sometime>", "some time"),
            ("^ <sometime> the|it|you|we|this|there|they|i", "sometimes"),
        ],
    ),
    confusion(
        "`though` is although; `thought` is an idea; `through` is from end to end; `tough` is hard",
        &[
            ("even <through|tough>", "though"),
            (
                "^ <thought> it|this|the|you|we|they|not|there is|are|was|may|can|W",
                "though",
            ),
            (
                "go|goes|going|went|loop|loops|walk|scroll|iterate|iterates|iterating|looping <though> the|a|an|this|these|all|each|every|CODE|your|our|it|them",
                "through",
            ),
            (
                "i|we|never|always|who <though> that|about|it|of|this|the|i|you|we",
                "thought",
            ),
        ],
    ),
    confusion(
        "`aboard`, `abroad`; `beside`, `besides`: mind which",
        &[("^ <beside> that|this|the being|fact", "besides")],
    ),
    confusion(
        "`sever` cuts; a `server` serves; `several` are some",
        &[(
            "the|a|web|this|your|our|file|mail|database|proxy|to|remote|local <sever> is|END|and|will|that|has|to|with|can|for|on|in|returns|or|sends|must|side|was|does|may",
            "server",
        )],
    ),
    confusion(
        "`contend`, `content`, `contain` differ",
        &[(
            "files|pages|lines <contend> the|a|an|any|all|no|CODE|only",
            "contain",
        )],
    ),
    confusion(
        "`prefect` is an officer; `perfect` is without fault",
        &[("are|not <prefect> !W|of", "perfect")],
    ),
    confusion(
        "`trail` is a path; a `trial` is a test",
        &[
            (
                "free|clinical|day|your|a <trail> version|period|license|court",
                "trial",
            ),
            (
                "audit|a|the|hiking <trial> of|log|END bread|breadcrumbs|events",
                "trail",
            ),
        ],
    ),
    confusion(
        "`vary` is to differ; `very` is much",
        &[
            (
                "is|are|was|were|be|a|it's|this|some|that's <vary> ADJ|easy|large|small|useful|good|similar|fast|slow|long|simple|important|few|different|first|same",
                "very",
            ),
            (
                "may|can|will|might|values|results|they|settings|could <very> from|between|by|depending|with|widely|across|in|according|greatly|based|over",
                "vary",
            ),
        ],
    ),
];
