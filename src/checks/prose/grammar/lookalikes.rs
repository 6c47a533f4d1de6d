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
        &[
            (
                "the <later> is|are|was|has|can|case|one|of|two|will|would|being|option|approach",
                "latter",
            ),
            (
                "no|not|see|sooner or|or|do|years|days|much|until|day|months|weeks|week <latter> END|than|on|in|when",
                "later",
            ),
        ],
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
            (
                "to|will|please|must|can|should|then|and <weight> for|until|a|on|here",
                "wait",
            ),
            (
                "line|font|the|edge|bold|body <wait> of|is|and|END|in",
                "weight",
            ),
        ],
    ),
    confusion(
        "`form` is a shape; `from` is a place of origin",
        &[
            (
                "different|comes|come|came|read|reads|file|data|values|copied|copy|removed|remove|taken|separate|loaded|load|import|imported|downloaded|download|available|apart|away|far|derived|inherited|inherits|returned|results|result|suffer|benefits|benefit|installed|built|called|received|value|retrieved|generated|everything|start|starting|differs|converted|fetched|created|moved|extracted|obtained <form> the|a|an|this|that|your|all|other|it|CODE|one|our|its|their|another|any|each|source|scratch|here|which|disk",
                "from",
            ),
            (
                "a|the|web|login|short|in|contact|submit|html|registration|of|order|this|same|long|normal|every|basic|simple <from> of|is|field|fields|data|below|END|submission|to|with|element|elements|validation|has",
                "form",
            ),
            (
                "a|same|simple|web|login|short|contact|html|registration|long|normal|basic|canonical <from> of|field|fields|below|submission|validation|END",
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
            (
                "a|the|for|of|this|on|any|each <sell> of|END|price|is|to|date|contract|and",
                "sale",
            ),
        ],
    ),
    confusion(
        "`heir`, `air`; `waive`, `wave`: mind which",
        &[
            (
                "to|not|may|shall|hereby|party|parties|will|can|any <wave> any|its|the|their|this|such|all|your|his|her right|rights|claim|claims|requirement|fee|fees|provision|breach|notice|condition|deadline",
                "waive",
            ),
            (
                "be|been|is|are|was|were|hereby <waved> by|in|END|if|unless",
                "waived",
            ),
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
            "the|project|site's|repository's|as|document|web|your <rout> of|directory|folder|user|element|node|path|cause|END|is",
            "root",
        )],
    ),
    confusion(
        "`you` is the person, `your` what belongs to it",
        &[
            (
                "if|when|that|as|once|before|after|what|where|how|and|because <your> can|have|want|need|will|should|do|don't|must|are|could|would|may|might|wish|prefer|can't|had|get|see|know|think|don't",
                "you",
            ),
            (
                "in|of|on|to|from|with|for|into|edit|open|set|change|install|update|add|check|run|start|by|configure|build|restart|use|save|create|move|at|under|after|replace <you> own|file|project|code|server|application|browser|account|data|password|computer|machine|name|system|page|site|home|settings|app|editor|terminal|config|configuration|database|repository|team|work|needs|users|shell|program|environment|favorite|local|existing|current|first|email|address|changes|files|pages|new !to",
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
                "in|of|on|at|from|with|into|all|for|by|is|under|through|see|open|use|add|set|edit|install|to <then> file|files|page|user|server|same|first|last|main|next|data|name|end|list|top|path|folder|directory|source|other|project|output|program|web|root|table|command",
                "the",
            ),
            (
                "that|if|when|because|so|but|as|which|once|since|unless|before <the> are|were|will|can|have|should|do|must|don't|would|could|may",
                "they",
            ),
            (
                "^ <the> are|were|will|have|should|do|must|don't|would|could",
                "they/there",
            ),
        ],
    ),
    confusion(
        "`an`, `and`, `any` differ",
        &[
            ("NUM|PL|SG , W W? <an> PL", "and"),
            ("both|between W <an> W", "and"),
        ],
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
                "at <lest|last> one|two|three|NUM|once|a|as|some|the|for|in",
                "least",
            ),
            ("<at leas>", "at least"),
        ],
    ),
    confusion(
        "`note` is a remark; `not` denies",
        &[
            (
                "please|also|and|but <not> that the|this|you|it|if|we|some|there|they|in|all|when|only|CODE|for",
                "note",
            ),
            (
                "is|are|does|do|did|was|were|can|will|should|must|may|has|have|would|could <note> be|VD!|a|an|the|work|only|possible|have|use|need|supported|available|allowed|exist|included|change|yet|been",
                "not",
            ),
        ],
    ),
    confusion(
        "`chance` is luck; to `change` is to make different",
        &[(
            "to|can|will|not|must|should|may|you|please|don't|might <chance> the|this|your|it|any|its|these|all|how|that|them|to|in|between|some",
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
                "go|goes|going|went|read|pass|passes|passed|run|runs|loop|loops|walk|walks|scroll|available|only|all|iterate|search|gone|path|step|sent|iterates|iterating|looping <though> the|a|an|this|these|all|each|every|CODE|your|our|it|them",
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
        &[(
            "^ <beside> that|this|the being|,|fact|usual|W? ,",
            "besides",
        )],
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
            "that|which|files|to|not|must|can|may|should|will|also|only|they|pages|lines <contend> the|a|an|any|all|no|CODE|only",
            "contain",
        )],
    ),
    confusion(
        "`prefect` is an officer; `perfect` is without fault",
        &[("a|is|are|not|the|was|for <prefect> !W|of", "perfect")],
    ),
    confusion(
        "`trail` is a path; a `trial` is a test",
        &[
            (
                "free|a|the|your|clinical|day|by <trail> version|period|license|and|account|users|court|error|run|expires|judge|by",
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
                "is|are|was|were|be|a|not|the|it's|this|some|that's <vary> ADJ|ADV|easy|large|small|useful|good|similar|fast|slow|long|simple|important|much|few|well|different|first|same",
                "very",
            ),
            (
                "may|can|will|might|to|not|values|results|they|and|settings|does|could|should <very> from|between|by|depending|with|widely|across|in|according|greatly|based|over",
                "vary",
            ),
        ],
    ),
];
