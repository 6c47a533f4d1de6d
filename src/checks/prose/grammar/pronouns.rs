//! Small words that sound alike: its, their, your, whose, and pronouns in the wrong case.

use crate::checks::prose::grammar::rule::Family;

pub(super) const FAMILIES: &[Family] = &[
    Family {
        code: "its",
        message: "`its` tells whose it is; `it's` means `it is`",
        patterns: &[
            (
                "of|in|on|from|with|by|for|to|at|into|under|over|through|within|behind|per|and|or <it's> own",
                "its",
            ),
            ("<it's> own", "its"),
            ("of|from|with|by|into|within|via <it's> SG|PL|VG END", "its"),
            (
                "of|from|with|by|into|under|through|within|behind <it's> ADJ? SG|PL",
                "its",
            ),
            (
                "protect|protects|save|saves|check|checks|keep|keeps|lose|loses|lost|use|uses|used|change|changes|changed|export|exports|update|updates|read|reads|write|writes|has|have|had|define|defines|contain|contains|set|sets|get|gets|store|stores|return|returns|returned|give|gives|gave|take|takes|show|shows|provide|provides|load|loads|call|calls|close|closes|open|opens|build|builds|run|runs|publish|publishes|meet|meets|reach|reaches|sheds|moved|move|moves|list|lists|manage|manages|describe|describes|hide|hides|expose|exposes|implement|implements|inherit|inherits|override|overrides|copy|copies|delete|deletes|remove|removes|add|adds|cache|caches|parse|parses|validate|validates|maintain|maintains|reset|resets|clear|clears|mark|marks|pass|passes|passed|release|releases|released|replace|replaces|include|includes|including|despite|using|per|having <it's> ADJ? ADJ|SG|PL ADV|V|VS|to|of|in|on|for|with|from|by|at|into|END|to|of|in|on|for|and|or|with|from|by|before|after|when|as|at|is|are",
                "its",
            ),
            ("and|or <it's> PL!", "its"),
            (
                "~ <its> ADV? important|possible|impossible|unlikely|worth|necessary|unclear|okay|ok|not|=a|an|the|been|also|just|really|too|recommended|because|going|that|what|why|how !own|N",
                "it's",
            ),
            (
                "~ <its> not|=a|an|the|been|going|recommended|impossible|really|because|what|why|how",
                "it's",
            ),
            (
                "~ <its> important|possible|easy|hard|difficult|likely|best|better|necessary|safe|clear|true|fine to|that|if|for|when|because",
                "it's",
            ),
            (
                "that|think|thinks|know|means|so|and|but|as|because|say|hope|believe|while|since|if|when <its> =a|an|the|not|been|going|recommended|really|been|what|why|how|impossible|unlikely",
                "it's",
            ),
            (
                "that|think|means|so|and|but|as|because|since|if|when|before|after|until|once <its> important|possible|easy|hard|difficult|likely|best|better|necessary|safe|clear|true|fine|good|working|running|done|ready|finished|complete|empty|full|valid|broken|loaded|available|enabled|disabled|installed|called to|that|if|END|for|in|on|by|when|from|with|and|at|because",
                "it's",
            ),
        ],
    },
    Family {
        code: "there",
        message: "`there` is a place or a fact, `their` tells whose it is, `they're` means `they are`",
        patterns: &[
            (
                "<their|they're> is|are|was|were|isn't|aren't|wasn't|weren't|exists|exist|will|must|should|may|might|has|have|can",
                "there",
            ),
            (
                "over|from|out|in|up|down|right <their|they're> END",
                "there",
            ),
            ("^ <their|they're> was|were|is|are", "there"),
            (
                "!of|in|on|up|down|out|over|from|to|been|go|gone|is|are|be|not|still|put|live|stay|get|got|went <there> own",
                "their",
            ),
            (
                "change|changes|changed|keep|keeps|kept|publish|published|update|updated|use|uses|used|update|share|shares|lose|lost|save|saved|store|stored|manage|set|choose|give|gave|make|read|write|wrote|protect|check|with|by|of|for|into|under|via|per <there> !yet|too|again|already|first|now|instead|either ADJ? SG|PL|MASS END|to|of|in|on|for|and|or|with|from|by|before|after|when|as|at|is|are|was|were|has|have|can|will",
                "their",
            ),
            (
                "of|with|for|by|into|per <there> PL|password|account|name|data|code|work|own",
                "their",
            ),
            (
                "^ <there> PL are|is|were|was|have|has|can|will|must|should",
                "their",
            ),
            (
                "^ <there> SG|PL are|were|have|can|will|must|should|is|was|has of|in|not|stored|kept|a|the|on|saved|used|listed|shown|described|available",
                "their",
            ),
            (
                "~ <there> going|not|always|also|usually|often|both|all|just|already|very|too|independent|ready|available|optional|only ADV|ADJ|VG|to|of|used|for|in|on|at|a|the",
                "they're",
            ),
            (
                "because|if|when|since|that|until|once|unless|so|but|as|although|while <there|their> independent|going|ready|available|optional|not|both|also|usually|stored|created|needed|required|removed|deleted|written|called|loaded|done|sure|similar|different|equal|always|never of|to|at|in|on|by|for|with|from|when|if|END|a|the|before|after|as",
                "they're",
            ),
            (
                "~ <their> removed|deleted|going|not|called|used|stored|created|written|loaded|needed|required|available|optional at|to|in|on|by|for|with|from|when|if|END|the|a|before|after|as",
                "they're",
            ),
            ("<they're> own", "their"),
            (
                "keep|kept|keeps|update|updates|change|use|uses|share|save|store|lose|publish|check|manage|set|with|by|of|for|in|on|into|from|via|per|and <they're> ADJ? SG|PL|MASS END|to|of|in|on|for|and|or|with|from|by|before|after|when|as|at",
                "their",
            ),
        ],
    },
    Family {
        code: "your",
        message: "`your` tells whose it is; `you're` means `you are`",
        patterns: &[
            (
                "<your> going|not|unable|allowed|supposed|trying|logged !END|N|SG",
                "you're",
            ),
            (
                "if|when|once|unless|until|while|that|because|before|as|whether|since|so|sure <your> using|not|on|a|an|the|ready|done|going|looking|trying|logged|sure|happy|unsure|interested|creating|having|doing|getting|stuck|already|just|satisfied|connected|signed|able|unable|curious !N|own",
                "you're",
            ),
            (
                "if|when|once|unless|while|that|because|as|since <your> using|on|ready|done|working|looking|trying|sure|happy|interested|having|familiar|new|finished|unsure END|the|a|an|to|with|in|on|at|of|from|for|it|this|our|CODE|windows|linux|macos|that|about",
                "you're",
            ),
            (
                "what|where|why|how|who|which <your> doing|looking|trying|going|using|working|missing|seeing|getting",
                "you're",
            ),
            (
                "^ <your> going|welcome|done|ready|not|able|free|encouraged|invited|responsible|almost to|END|in|on|allowed|set|able|done|ready|sure|for",
                "you're",
            ),
            (
                "in|on|of|for|from|to|with|open|check|set|change|edit|use|by|into|at|run|add|save|update|install|restart|start|build|visit|choose|create|enter|copy|keep|close|replace|delete|remove|share|send|configure|under|via <you're> ADJ? SG|PL|MASS|own !to",
                "your",
            ),
            ("<you're> own", "your"),
        ],
    },
    Family {
        code: "whose",
        message: "`whose` tells whose it is; `who's` means `who is`",
        patterns: &[
            (
                ", <who's> name|names|job|work|address|author|role|value|task|goal|purpose|code|job|content|contents|results|type",
                "whose",
            ),
            (
                "person|author|user|users|people|developers|developer|someone|anyone|team|company|party|those|man|woman|customers|customer|children <who's> SG|PL is|are|was|were|has|have|you|we|they|he|she|it|can|will|does|do",
                "whose",
            ),
            ("~ <whose> going|not|been|afraid|coming|there", "who's"),
            (
                "person|someone|anyone|people|user|developer|everyone <whose> not|been|going|using|new|familiar|interested",
                "who's",
            ),
        ],
    },
    Family {
        code: "pronoun",
        message: "the pronoun has the wrong case here",
        patterns: &[
            ("between <you and i>", "you and me"),
            ("between W? W <and i>", "and me"),
            (
                "to|for|with|from|by my|our|his|her|the ADJ? SG and <i> !V|VD|am|have|was|will|can|would|should|could|did|had|do|think|ADV",
                "me",
            ),
            (
                "to|for|with|from|by =him|her|them|you and <i> !V|VD|am|have|was|will|can|would|should|could|did|had|do|think|ADV",
                "me",
            ),
            (
                "were|was|is|are|by|for|with|to her|him|them and <i> END",
                "me",
            ),
            (
                "^ <me and my|our|his|her SG|PL> V|VD|have|are|were|will|can",
                "my $4 and I",
            ),
            ("^ <him> and his|her|the|my SG|PL !END", "he"),
            (
                "^ <her> and her|his|the|my brother|sister|partner|husband|wife|friend|friends|family|team|colleagues|lawyer|children",
                "she",
            ),
            ("^ <them> and their|the SG|PL V|VD|have|are|were", "they"),
            (
                "^ <him|her> and W|=I are|were|have|went|own|signed|agree|agreed",
                "he",
            ),
            (
                "^ <them> PL are|were|have|can|will|do|should|must",
                "those/these",
            ),
            (
                "of|all <them> files|pages|things|people|words|rules|tests|books|settings|days|tables|options",
                "those",
            ),
        ],
    },
    Family {
        code: "who",
        message: "a person is `who`, a thing is `which`",
        patterns: &[(
            "author|authors|person|people|user|users|developer|developers|writer|writers|man|woman|men|women|child|children|someone|anyone|somebody|everybody|everyone|maintainer|maintainers|contributor|contributors|reader|readers|customer|customers|employee|employees|teacher|lawyer|engineer|engineers|programmer|programmers|student|students|friend|friends <which> is|are|was|were|has|have|wants|can|will|VS!|wrote|made",
            "who",
        )],
    },
];
