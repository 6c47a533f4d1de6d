//! Verbs in the wrong form, and verbs that do not fit their subject.

use crate::checks::prose::grammar::rule::Family;

pub(super) const FAMILIES: &[Family] = &[
    Family {
        code: "verb-form",
        message: "the verb has the wrong form here",
        patterns: &[
            // To and a past form.
            (
                "need|needs|needed|want|wants|wanted|have|has|had|try|trying|tries|able|going|like|order|easy|hard|difficult|possible|necessary|how|decide|decided|allowed|allow|allows|you|us|them|users|want|wish|ready|free|used|best|better|supposed|required|fails|failed|attempt|attempts|ability|is|let's|intended|meant|want|wants|expected to <VD!>",
                "$1:base",
            ),
            (
                "need|needs|want|wants|try|trying|able|how|order|easy|hard|difficult|possible|going|you|them to <VD> DET|CODE|it|them",
                "$1:base",
            ),
            (
                "should|could|would|must|cannot|can't|won't|will not|also|only|always|never? !left|given <VD|VS> DET|CODE|within|ADJ|it|them|PL !VG",
                "$1:base",
            ),
            (
                "easy|able|possible|hard|how|you|us|easier|difficult|need|want|try|trying|order to <found>",
                "find",
            ),
            // To and a third person.
            (
                "you|us|them|users|need|needs|want|wants|able|order|how|possible|easy|try|tries|used|like|going|necessary|has|have|allowed|had|is|required|developers to <VS!>",
                "$1:base",
            ),
            (
                "you|us|them|able|order|need|want|possible|easy|going|necessary|allowed to <VS> DET|CODE|it|them",
                "$1:base",
            ),
            // Perfect and a preterite.
            (
                "have|has|had|haven't|hasn't|hadn't|having|be|been|is|are|was|were|being|wasn't|weren't|isn't|aren't not|been|already|also|never|always|since|just|ever|only|recently? !came|did|took|gave <went|saw|took|chose|wrote|began|became|drew|drove|ate|fell|forgot|froze|grew|hid|knew|rode|shook|spoke|stole|swam|threw|overwrote|undid|wore>",
                "$1:ed",
            ),
            (
                "have|has|had|haven't|hasn't|hadn't|be|been|is|are|was|were|being|must|not been|already|also|never|always|just|ever|only? <ran> !CODE",
                "run",
            ),
            (
                "have|has|had <broke> the|a|this|all|your|some|any|it|something|in|on",
                "broken",
            ),
            (
                "i|you|we|they|he|she|it|users have|has|had <show> that",
                "shown",
            ),
            // Do and an inflected verb.
            (
                "didn't|doesn't|don't also|always|ever|even|never? <VD!>",
                "$1:base",
            ),
            (
                "didn't|doesn't|don't also|always|ever|even|never? <VS!>",
                "$1:base",
            ),
            (
                "do|did|does not <VS!|VD!|works|uses|needs|matches|means|changes|returns|runs|starts|loads|looks|supports|makes|takes|builds|shows|stops|updates|calls|reads|sets|lists|checks|fits|lets|requires|has|had|is|was|got|left|made|felt>",
                "$1:base",
            ),
            (
                "didn't|doesn't|don't <works|uses|needs|matches|means|changes|returns|runs|starts|loads|looks|supports|makes|takes|builds|shows|stops|updates|calls|reads|sets|lists|checks|fits|lets|has|had|is|was|got|left|made|felt>",
                "$1:base",
            ),
            (
                "did|does|do you|we|they|it|he|she|i|the|this SG|PL? <found> DET|it|CODE|any|what|out",
                "find",
            ),
            (
                "did|does|do you|we|they|it|he|she|i <VS!|VD!> !by",
                "$1:base",
            ),
            (
                "did|does|do the|this|your|these SG|PL <VS!|VD!> !by|in",
                "$1:base",
            ),
            // Modals.
            (
                "should|could|would|must|cannot|can't|won't|shouldn't|wouldn't|couldn't not|also|only|always|never|then|still|just|automatically|probably? !depends|did|helps|helped|given|left <VS!|VD!>",
                "$1:base",
            ),
            (
                "!whether|what|whatever|how|all|everything|that|which|than|as|the PL|he|she|it|you|we|they|i|SG|CODE|which|that|who will|can|may|might not|also|only|always|never|then|still|just|automatically|probably? <VS!|VD!>",
                "$1:base",
            ),
            (
                "he|she|it|you|we|they|i|should|could|would|must|users|to|which will|can|should|could|would|must|may|might|cannot not|also|only|always|never|then|still|just? <uses|needs|returns|runs|starts|changes|skips|loads|shows|stops|calls|makes|takes|sets|lists|checks|works|has|is|was|matches|updates|builds|requires|names|means|started|used|opened|made|sent|found|kept|gave|took|went|saw|wrote> !END|VG|to|by|in",
                "$1:base",
            ),
            (
                "PL|page|it|files|they|which|SG can|could|may <found|seen|used|written|given|taken|done> here|in|at|by|on|below|to|as|under|with|for|from",
                "be $1/$1:base",
            ),
            (
                "SG|PL|it|they can|could|may|might|must|should|will|cannot not|also|only|then? <VD!|used> by",
                "be $1",
            ),
            (
                "you|we|they|i|he|she|it|users|PL must|should|could|would|may|might <to V!>",
                "$2",
            ),
            // Being and a base form.
            (
                "!do|does|did|need|have|want|has is|are|was|were|be|been|being|isn't|aren't|wasn't|weren't not|also|only|already|always|automatically|then|never|often|first? <V!> by|to|in|at|from|with|for|on|as|into|END|when|if",
                "$1:ed",
            ),
            (
                "has|have|had been|also? <fix|update|change|release|test|remove|use|copy|name|call|report|plan|design|build|move|force|mark|list> in|by|to|at|since|from|with|on|for|last|recently|END",
                "$1:ed",
            ),
            (
                "is|are|was|were|be|been not|also|only|already|then? <release|change|update|test|copy|fix|call|name|store|generate|need|require> by|under|automatically|at|every|when|as",
                "$1:ed",
            ),
            (
                "has|have|had not|also|only|already|recently|since|just|never|always? <V!> DET|CODE|to|from|in",
                "$1:ed",
            ),
            // Prepositions and a base form.
            (
                "instead|capable|way|ways|purpose|means|risk|possibility|cost|process of <V!> DET|CODE",
                "$1:ing",
            ),
            (
                "before|after|by|without|while|when|about|in <V!|install> DET|CODE",
                "$1:ing",
            ),
            (
                "instead of|from <write|use|run|build|copy|change|make|set|call|add> DET|CODE|N",
                "$1:ing",
            ),
            (
                "used|useful|responsible|good|tool|function|functions|tools|method|methods|need|command for <V!> N|PL|DET|CODE",
                "$1:ing",
            ),
            (
                "looking|look|looks|looked forward to <hear|see|meet|work|receive|get|read|V!>",
                "$1:ing",
            ),
            (
                "avoid|avoids|consider|suggest|recommend|enjoy|finish|finished|avoided <to V!>",
                "$2:ing",
            ),
            ("capable <to V>", "of $2:ing"),
            ("let|lets|make|makes|made us|you|them|it|me <to V!>", "$2"),
            (
                "let|lets|make|makes|made you|me|them|us|it|him|her <VS!|VD!> !by|END",
                "$1:base",
            ),
            (
                "let|lets you|me|them|us|it|users <writes|uses|runs|creates|changes|edits|opens|sees|defines|chooses>",
                "$1:base",
            ),
            ("is|are|was|were|am <goes|go|went|try|tries> to", "$1:ing"),
        ],
    },
    Family {
        code: "verb-agreement",
        message: "the verb does not fit its subject in number",
        patterns: &[
            // A head in the singular, far from its verb.
            (
                "^ the|each|this|every list|set|name|number|size|value|length|type|order|path|address|version|purpose|cost|use|lack|copy|collection|sum|result|body|state|meaning|quality|description|author|owner|format|structure|location|position|status|content|creation|removal|use|behavior|behaviour|syntax|performance|amount|presence|absence|group|sequence|choice of DET? ADJ? PL <are|have|were|do>",
                "$1:s",
            ),
            (
                "^ a set|list|collection|sequence|table|copy|file of ADJ? PL <define|describe|contain|show|hold|are|have|make|give|V!>",
                "$1:s",
            ),
            (
                "^ the set|list|collection|sequence|table|copy|name|number|size|value|length|type of DET? ADJ? PL <V!> DET|CODE|PL|to|on|by",
                "$1:s",
            ),
            (
                "^ each|one|neither of the|these|those|my|our|your|their|its|them NUM? ADJ? PL? <are|have|were|do|don't|aren't|weren't|haven't> !PL",
                "$1:s",
            ),
            (
                "^ each|one|neither of the|these|those|our|your|their|its ADJ? PL <V!|run|return|have|use|need|get> DET|CODE|in|on|at|to|by|from|with|its|into",
                "$1:s",
            ),
            (
                "^ one of the|these|those|our|your|their|its|my ADJ? N? PL <are|were> !that|which|PL",
                "$1:s",
            ),
            (
                "~ each|every|another ADJ? !time|day|week|month|year|morning|night|evening|hour|minute|second SG <are|have|do|don't|aren't|V!> !and|or|END",
                "$1:s",
            ),
            (
                "~ everyone|everybody|someone|somebody|nobody|everything|something|nothing|anyone|anybody <are|have|do|don't>",
                "$1:s",
            ),
            // Pronouns.
            ("he|she <don't|are>", "$1:s"),
            ("^ he|she <have|do> !you|not|we", "$1:s"),
            ("~ everyone|everybody|nobody <know|agree|want>", "$1:s"),
            ("~ it <don't|are|have>", "$1:s"),
            (
                "that|which|because|since|and|so|but it <don't|haven't>",
                "$1:s",
            ),
            ("~ he|she|it <use> !to", "$1:s"),
            (
                "~ he|she|it <make|take|return|call|look|work|run|start|write|read|show|send|change|load|set|give|mean|want|know|get|V!> !END|or",
                "$1:s",
            ),
            (
                "!if|whether|than|and|of|in|with|the we|they <was|is|has|does|doesn't|isn't|wasn't|hasn't>",
                "$1:pl",
            ),
            (
                "~ you|we|they <was|is|has|does|doesn't|isn't|wasn't|hasn't>",
                "$1:pl",
            ),
            (
                "that|because|when|as|and|what|but|so|since you|we|they <was|is|has|does|doesn't|isn't|wasn't|hasn't>",
                "$1:pl",
            ),
            (
                "~ you|we|they <makes|needs|takes|uses|returns|calls|looks|works|runs|starts|writes|reads|shows|sends|changes|loads|sets|gives|comes|means|wants|knows|gets|VS!> !END",
                "$1:base",
            ),
            (
                "~ these|those <is|was|has|does|isn't|doesn't|wasn't>",
                "$1:pl",
            ),
            (
                "^ this|that <are|were|have|do|don't|aren't> !CODE|ADJ|N",
                "$1:s",
            ),
            // There is and there are.
            (
                "there <is|was> several|many|multiple|various|few|numerous !a",
                "$1:pl",
            ),
            (
                "~ there <is|was> ADJ|no|some|other|also? PL !of|that|N",
                "$1:pl",
            ),
            (
                "~ there <is|was|isn't|wasn't> many|several|any|some|no ADJ? PL !N|V",
                "$1:pl",
            ),
            (
                "!if|as|though|where|whether|than|out|from|live there <are> a|an|one|another !few|lot|couple|number|handful|hundred|great|million|bunch|total|variety|huge|wide|large|dozen|thousand|wealth|series|small|limited|growing|NUM|lots|plethora|set|multitude|range|vast|million|host|good|whole|fair|and|finite|myriad|ton|pair|maximum|minimum|near|surprising|increasing|infinite|unlimited|endless|enormous|ever|impressive|astonishing|equal|abundance|average|array|odd|CODE|of|or|possible|fixed|tremendous",
                "$1:s",
            ),
            // A subject in the plural with an article or the like before it.
            (
                "^ DET NUM? ADJ? PL <has|is|was|doesn't|isn't|wasn't|hasn't|does> !SG|N|PL|a|an|the|one",
                "$1:pl",
            ),
            (
                "^ DET NUM? ADJ? PL <has|is|was> been|VD!|not|no|also|always|only|a|an|the|access|been|shown|optional|required|available",
                "$1:pl",
            ),
            (
                "~ all|both|these|those|many|most|several|few ADJ? PL <has|is|was|doesn't|isn't|wasn't|hasn't|does> !N",
                "$1:pl",
            ),
            (
                "~ most|some|all|many|both|several of the|these|our|your|their|its|them ADJ? PL <is|was|has|does|doesn't|isn't>",
                "$1:pl",
            ),
            (
                "~ most|some|all|many|both|several of the|these|our|your|their|its|them ADJ? PL <VS!>",
                "$1:base",
            ),
            (
                "^ most|some|all|many|both|several of the|these|our|your|their|its ADJ? PL <VS> DET|from|to|in|CODE|on|at|by",
                "$1:base",
            ),
            (
                "^ the|these|those|both|all|our|your|their|my|its NUM? ADJ? PL <VS!>",
                "$1:base",
            ),
            (
                "^ the|these|those|both|all|our|your|their|my|its NUM? ADJ? PL <VS> a|an|the|its|this|your|CODE|to|in",
                "$1:base",
            ),
            ("~ they|we|you|these|those|both|all PL <VS!>", "$1:base"),
            // A subject in the singular.
            (
                "^ the|this|that|a|an|each|every|our|your|its|my ADJ? !time|day|week|month|year|morning|night|evening|way SG !N <V!> DET|CODE|NUM|PL|to|in|on|from|all|only|N",
                "$1:s",
            ),
            (
                "^ the|this|that|each|every|a|an !time|day|week|month|year|morning|night|evening|way SG <return|make|need|take|give|send|run|remove|include|contain|write|use|change|set|show|load|store|build|check|handle|copy> a|an|the|all|its|any|an|no|this|every|your|each|only|both|one|some",
                "$1:s",
            ),
            (
                "^ the|this|that|each|every|a|an|my|our|your ADJ? SG <do|have|are|were|don't|haven't|aren't|weren't> !SG|PL|VD|VG|ADJ",
                "$1:s",
            ),
            (
                "^ the|this|that|each|every|a|an|my|our|your ADJ? SG <do|don't|have|haven't|aren't|weren't|were> not|been|no|a|an|the|also|V|born|written|made|always|never|to|access|any",
                "$1:s",
            ),
            ("^ DET ADJ? SG <do> not", "$1:s"),
            ("~ =I <is|has|does|are|doesn't|isn't>", "$1:i"),
            ("doesn't|don't|didn't <needs|has|works|VS!>", "$1:base"),
        ],
    },
];
