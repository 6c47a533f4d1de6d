//! The words that are most often taken for others: than and then, affect and effect.

use crate::checks::prose::grammar::rule::{Family, confusion};

pub(super) const FAMILIES: &[Family] = &[
    Family {
        code: "than",
        message: "`than` compares; `then` is about time",
        patterns: &[
            (
                "CMP ADJ|ADV|N|PL? <then> !END|V!|CODE|you|we|it|they|he|she|there|i|just|click|run|use|add|open|select|type|press",
                "than",
            ),
            (
                "faster|slower|better|worse|larger|smaller|bigger|greater|less|fewer|higher|lower|longer|shorter|newer|older|earlier|later|easier|harder|rather|stronger|simpler|cheaper|quicker|deeper|wider|other <then> !END|V!|CODE|you|we|i",
                "than",
            ),
            (
                "more|less|fewer ADJ|ADV|SG|PL|MASS <then> DET|NUM|W !END|,",
                "than",
            ),
            (
                "more|less|fewer|rather|other|no|sooner|later|earlier <then> the|a|an|NUM|expected|usual|half|one|any|that|those|before|normal|it|just|writing|using|copying|in|on|for|with",
                "than",
            ),
            (
                "no|not later|more|less|fewer|earlier|longer|sooner|other <then>",
                "than",
            ),
            ("^ rather <then>", "than"),
            (
                "other <then> DET|N|PL|he|she|it|we|they|you|by|through|with|those",
                "than",
            ),
            ("and <than> V !END", "then"),
            ("if W W? W? W? W? , <than>", "then"),
            ("^ <than> V|the|you|we|it|they|a|DET", "then"),
            (
                "only|just|back|since|until|by|and <than> END|V|you|we|it",
                "then",
            ),
        ],
    },
    Family {
        code: "have",
        message: "`have` is the verb that belongs here; `of` only sounds like it",
        patterns: &[
            (
                "!the|a|an|his|her|its|their|all|our|full|military could|would|should|might|must|couldn't|wouldn't|shouldn't|mustn't|mightn't <of> !course|all|late",
                "have",
            ),
            (
                "could|would|should|might|must not|never|also|only|still|always|easily|probably|just|already|then <of> !course|all|the",
                "have",
            ),
            ("may|will <of> been|had|done|VD!", "have"),
        ],
    },
    confusion(
        "`effect` is what comes of something; to `affect` is to change it",
        &[
            (
                "the|an|no|any|this|that|its|their|some|little|same|side|desired|following|other|in|much|full|such|opposite|great|small|big|real|immediate|positive|negative <affect> !W|PL",
                "effect",
            ),
            (
                "the|an|no|any|this|that|its|their|little|same|side|desired|much|full|opposite|small|big <affect> of|on|is|was|in|END|when|if|as|that",
                "effect",
            ),
            (
                "the|any|these|those|no|its|their|side|following <affects> of|on|are|were|in|END",
                "effects",
            ),
            (
                "that|which|this|it|what <effects> the|your|how|other|its|all|any|our|this|performance|only|existing|what|every",
                "affects",
            ),
            ("take|takes|took|taking|taken <affect>", "effect"),
        ],
    ),
    confusion(
        "to `lose` is not to have any more; `loose` is not tight",
        &[
            (
                "to|will|can|may|might|would|could|should|don't|doesn't|won't|didn't|cannot|can't|never|must|you'll|we'll <loose> DET|CODE|any|track|data|control|focus|access|information|precision|money|time|some|changes|work|it|them",
                "lose",
            ),
            (
                "is|are|was|were|be|been|by|of|without|risk|from|avoid <loosing> DET|W",
                "losing",
            ),
            (
                "that|which|it|he|she|server|client|program|user|process <looses> DET|W",
                "loses",
            ),
            (
                "the|a|any|some|these <lose> SG|PL is|was|caused|are|were|can|should|coupling|cable|end|ends|file|files|screw|screws|page|pages",
                "loose",
            ),
            ("a|the <lose> SG|PL", "loose"),
        ],
    ),
    confusion(
        "`advice` is what is given; to `advise` is to give it",
        &[
            (
                "i|we|they|would|you|to|strongly <advice> you|users|against|people|everyone|caution",
                "advise",
            ),
            ("is|are|was|were|be|well <adviced>", "advised"),
            (
                "good|bad|some|the|any|this|that|my|your|their|of|more|legal|general|following|best|useful|practical|an|no|further <advise> !W|the|you",
                "advice",
            ),
            (
                "good|bad|some|any|my|your|of|more|legal|general|following|best|useful|practical|further|for|piece <advise> on|for|about|is|was|to|from|END|in",
                "advice",
            ),
        ],
    ),
    confusion(
        "`too` is more than enough, or also; `two` is a number",
        &[
            (
                "is|are|was|were|be|it's|far|way|get|gets|becomes|grows|not|that's|been|grow|become|seems <to> large|small|late|early|big|short|fast|high|low|many|much|few|little|old|new|complex|complicated|difficult|hard|easy|expensive|strict|simple|heavy|often|soon|bad|good|deep|far|noisy|verbose|general|generic|weak|strong|different",
                "too",
            ),
            ("^ <to> many|much|few|little", "too"),
            (
                "are|is|have|has|with|were|was|there|contains|had <to> many|much",
                "too",
            ),
            ("W|PL , <to> END", "too"),
            (
                "takes|accepts|with|of|the|these|those|between|into <to> arguments|parameters|files|pages|options|ways|kinds|types|values|parts|lines|words|fields|columns|tables|steps|things|versions|strings|numbers|modes|days|weeks|months|years|functions|methods|people|times|tests|rules|copies|servers",
                "two",
            ),
            ("^ <too> V! DET|W", "to"),
            (
                "need|needs|want|wants|have|has|had|going|able|order|used|allows|allow|like|try|trying|has|due|according|how|up|refer|similar|belongs|related|leads|relative <too> !many|few|much|little V!|DET|CODE",
                "to",
            ),
        ],
    ),
    confusion(
        "to `accept` is to take; `except` leaves out",
        &[
            (
                "to|will|can|may|might|would|could|should|don't|doesn't|won't|didn't|cannot|can't|must <except> DET|CODE|PL|such|any|only|all|both|as|W",
                "accept",
            ),
            (
                "it|server|function|method|he|she|that|which|command|program|tool|parser|option|this|constructor <excepts> DET|NUM|CODE|PL|W",
                "accepts",
            ),
            (
                "all|every|each|everything|everyone|nothing|any|none PL|SG , <accept> for",
                "except",
            ),
            (
                "all|every|each|nothing|any|no PL|SG? <accept> for",
                "except",
            ),
            (
                "everything|everyone|nothing|nobody|anything <accept>",
                "except",
            ),
        ],
    ),
    confusion(
        "`principal` is the chief one; a `principle` is a rule",
        &[
            (
                "the|a|two|three|its|their|our <principle> reason|reasons|author|authors|component|components|investigator|engineer|cause|advantage|difference|purpose|goal|role|method|type|types|maintainer|developer|source|office|place|amount|part|parts|use|uses|way|ways|aim|contact|debtor|entity|axis|character|idea|means|feature|features|problem|concern|architect|benefit",
                "principal",
            ),
            (
                "guiding|basic|fundamental|underlying <principal> !W|PL",
                "principle",
            ),
            (
                "basic|general|fundamental|first|design|core|guiding <principals> of|are|is|for|behind|that|apply|in|END",
                "principles",
            ),
            (
                "basic|general|fundamental|guiding|design <principal> that|of|is|behind|applies|END",
                "principle",
            ),
        ],
    ),
    confusion(
        "`whether` asks; `weather` is rain or sun",
        &[
            (
                "know|knows|see|decide|decides|determine|determines|check|checks|tell|tells|regardless|unclear|unsure|sure|verify|specify|specifies|indicate|indicates|determining|indicating|wonder <weather> !the|END|is|was|forecast|data|station|stations|api|and|in|service|conditions|report|reports|map|information",
                "whether",
            ),
            (
                "know|see|decide|determine|determines|check|checks|tell|depending|regardless|unclear|sure|test|verify|specify|specifies|indicates|controls <weather> DET|it|they|you|he|she|we|or|to|CODE|i|there",
                "whether",
            ),
            ("^ <weather> or", "whether"),
            (
                "^ <weather> it|you|they|we|he|she|this|to|a|an|your|i|there|the W? is|are|was|has|or|does|should|use|will|can|W",
                "whether",
            ),
        ],
    ),
    confusion(
        "`led` is the past of `lead`",
        &[(
            "!we|you|they|i|he|she|it have|has|had|was|were|been|is|are <lead> to|by|the|into|us|from",
            "led",
        )],
    ),
    confusion(
        "`passed` is the past of `pass`; the `past` is the time before",
        &[
            ("have|has|had|having <past> !W", "passed"),
            (
                "is|are|was|were|be|been|being|gets|get <past> to|as|by|into|through",
                "passed",
            ),
            (
                "has|have|had <past> the|through|to|in|since|as|into|away|by|all|on|over|END|before|without|and",
                "passed",
            ),
            (
                "in|over|during|for|of|from the <passed> few|year|years|month|months|week|weeks|decade|couple|days|century",
                "past",
            ),
            (
                "go|goes|went|going|walk|walked|drive|ran|half|quarter|far|scroll <passed> the|a|this|its|it|NUM|them|that|end",
                "past",
            ),
        ],
    ),
    confusion(
        "`quiet` makes no noise; `quite` means rather",
        &[
            (
                "is|are|was|were|be|been|it's|not|that's|seems|gets|becomes|looks|can <quiet> a|an|the|fast|slow|easy|hard|simple|complex|large|small|useful|good|bad|common|difficult|similar|different|likely|powerful|expensive|rare|straightforward|important|popular|interesting|limited|possible",
                "quite",
            ),
            ("<quiet> a|an few|lot|bit|while|some|number", "quite"),
            (
                "not|is|was|has|have|it's|are|were <quiet> a|an|the|some|what",
                "quite",
            ),
            (
                "was|were|is|are|be|keep|keeps|stay|stays|been|very|kept|and|stayed|remained <quite> and|END|or|again|about|until",
                "quiet",
            ),
            (
                "a|the|peace|very|keep|stay|in <quite> mode|place|room|corner|street|life|day|and|operation|please",
                "quiet",
            ),
        ],
    ),
    confusion(
        "`choose` is now; `chose` is the past",
        &[
            (
                "to|can|will|could|should|may|might|would|must|you'll|don't|didn't|not|did|let's|and|please|doesn't|cannot <chose> !W|NUM",
                "choose",
            ),
            (
                "to|can|will|could|should|may|might|would|must|don't|didn't|cannot|please|do|does|did <chose> DET|one|between|from|any|which|to|what|W",
                "choose",
            ),
            ("^ <chose> a|an|the|one|between|from|your|which", "choose"),
            (
                "be|been|is|was|are|were|have|has|had <choose> by|at|to|for|from|the|END|as|because|randomly",
                "chosen",
            ),
            ("we|i|they|he|she|you <choose> W? W? W? yesterday", "chose"),
            (
                "we|i|they|he|she|you <choose> this|that|the|a N yesterday",
                "chose",
            ),
            ("<choosed>", "chose"),
        ],
    ),
    confusion(
        "to `breathe` is to draw a `breath`",
        &[
            (
                "a|deep|my|your|his|her|the|their|last|of <breathe>",
                "breath",
            ),
            (
                "to|can|could|not|you|can't|cannot|they|we|and <breath> !W|of",
                "breathe",
            ),
            (
                "to|can|could|can't|cannot <breath> END|in|again|easy|easily|the|out|freely|fresh|air|under",
                "breathe",
            ),
        ],
    ),
    confusion(
        "to `complement` is to complete; to `compliment` is to praise",
        &[
            (
                "tools|features|tool|plugins|parts <compliment|compliments> each|the|your|one|its|this|our|other",
                "complement",
            ),
            ("perfect|useful|natural <compliment> to", "complement"),
            (
                "is|are|was|be|been|well <complimented> by|with|nicely",
                "complemented",
            ),
        ],
    ),
    confusion(
        "`where` is a place; `were` and `are` are verbs",
        &[
            (
                "folder|directory|place|file|line|page|section|point|location|path|position|situation|know|see|area|find|spot|step|shows|decide|remember|exactly|anywhere|everywhere <were> the|you|it|they|we|a|an|this|i|all|your|he|she|each|these|our|there|its|most|people|users|CODE W !done",
                "where",
            ),
            ("^ <were> is|are|does|did|do", "where"),
            (
                "they|we|you|there|these <where> deleted|created|made|used|added|removed|written|built|changed|being",
                "were",
            ),
        ],
    ),
    confusion(
        "`off` is away, `of` belongs to",
        &[
            (
                "to|can|please|not|must|then|you turn|switch|shut <of> the|this|your|all|it|that|any",
                "off",
            ),
            (
                "^ turn|switch|shut|turned|switched <of> the|this|your|all|it|power|any",
                "off",
            ),
            (
                "be|been|is|are|was|were turned|switched|shut|cut <of> END|by|when|if|the|in|for",
                "off",
            ),
            (
                "instead|because|consists|consist|regardless|ahead|afraid|aware|capable <off> the|a|an|this|that|these|those|all|it|them|your|its|our|NUM|us|their",
                "of",
            ),
        ],
    ),
];
