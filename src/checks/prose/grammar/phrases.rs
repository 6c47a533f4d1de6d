//! Phrases: prepositions, words that are missing, too many or written apart, and numbers of things.

use crate::checks::prose::grammar::rule::Family;

pub(super) const FAMILIES: &[Family] = &[
    Family {
        code: "preposition",
        message: "this word takes another preposition",
        patterns: &[
            (
                "depend|depends|depended|depending|dependent|depended|relies|rely|relied|relying|insist|insists|based|concentrate|concentrates|concentrated <of|from> DET|CODE|N|PL|W|how|what|whether|which",
                "on",
            ),
            (
                "rely|relies|relied|relying|insist|insists <in|to|at|of>",
                "on",
            ),
            (
                "based <in> an|the|a old|existing|same|new|following|original|official|latest|idea|fact|concept|principle|standard|assumption|work|results|number|current|value|name|type",
                "on",
            ),
            (
                "consist|consists|consisted|consisting <in|on|from|by> NUM|PL|several|many|multiple|a|an|at|the",
                "of",
            ),
            (
                "different <then> the|a|an|what|those|in|other|it|this|that|its|your|W|for",
                "from",
            ),
            ("different|differ|differs <then|to than>", "from"),
            (
                "interested <on|at|about|for|with|of|to> !V|see|know|learn|hear|find|find|read|help|contribute|join|be",
                "in",
            ),
            ("interested <on|about|for|with|of>", "in"),
            ("married <with> DET|W|him|her|me", "to"),
            ("responsible|liable|eligible <of|about> DET|VG|N|PL", "for"),
            (
                "similar|identical|equal|equivalent|close|related|superior|inferior|prior|next|analogous|relative|subject <with|than|from> the|a|an|this|that|those|CODE|how|what",
                "to",
            ),
            (
                "superior|inferior|prior|preferable|senior|junior <than>",
                "to",
            ),
            ("arrived|arrive|arrives <to> the|a|an|this|our|his", "at"),
            (
                "aware|ashamed|proud|afraid|fond|unaware|short|full|tired <about|from|with> DET|CODE|N|PL|it|this|VG",
                "of",
            ),
            ("refer|refers|referring|referred <at|on|of> DET|CODE", "to"),
            (
                "limited|restricted|attached|listen|listens|belongs|belong <of> DET|N|PL|CODE !least|most|time|once|any|all|end|runtime|startup|compile|beginning|start|point",
                "to",
            ),
            ("limited|restricted <at> N", "to"),
            ("listen|listens|listening <at> the|a N !CODE|NUM", "to"),
            (
                "consistent|compatible|incompatible|associated <to> DET|CODE|N|PL|it|them",
                "with",
            ),
            (
                "complies|comply|complied|compliance|complying <to|of>",
                "with",
            ),
            (
                "accordance|compliance|conformance|conformity <to|by>",
                "with",
            ),
            ("according <with|of|by|from|the>", "to"),
            ("accused|convicted|guilty <for>", "of"),
            (
                "suffer|suffers|suffered|suffering|prevent|prevents|prevented <of>",
                "from",
            ),
            ("<despite of>", "despite"),
            ("<except of>", "except for"),
            (
                "<discuss|discusses|discussed|discussing|emphasize|emphasizes about>",
                "$1",
            ),
            ("<in regards to>", "in regard to/regarding"),
            ("<with regards to>", "with regard to/regarding"),
            ("<as regards to>", "as regards"),
            ("<in the other hand>", "on the other hand"),
            ("<at the other hand>", "on the other hand"),
            ("<in the contrary>", "on the contrary"),
            ("<in behalf> of", "on behalf"),
            ("<due of>", "due to"),
            ("<owing of>", "owing to"),
            ("<instead from>", "instead of"),
            ("<regardless from|to>", "regardless of"),
            ("<by the way of>", "by way of"),
            (
                "good|bad <in> math|maths|writing|coding|programming|reading|guessing|detecting|finding",
                "at",
            ),
            ("focus|focuses|focused|focusing <in> DET|VG|how|what", "on"),
            (
                "participate|participates|participated|participating <to> DET|N|PL",
                "in",
            ),
            ("succeed|succeeded|succeeds <to V>", "in $2:ing"),
            ("<prevent|prevents|prevented> W <to V!>", "from $2:ing"),
            ("<comprised in> of", "comprised"),
            ("access <of> the internet|network|web", "to"),
            (
                "<on> january|february|march|april|june|july|august|september|october|november|december END|and",
                "in",
            ),
            (
                "<in> monday|tuesday|wednesday|thursday|friday|saturday|sunday",
                "on",
            ),
            (
                "an|the solution|answer|key|reply|exception|alternative <of> this|the problem|question|issue|rule",
                "to",
            ),
            (
                "reason|reasons <of> this|that|the change|decision|error|failure|delay|choice",
                "for",
            ),
        ],
    },
    Family {
        code: "missing-word",
        message: "a word is missing here",
        patterns: &[
            (
                "able|unable|willing|allowed|supposed|want|wants|wanted|going|ought <V!> !END",
                "to $1",
            ),
            (
                "able|unable <use|run|read|write|access|change|set|find|open|start|build|make|see|work|copy|install|connect|test|update|get|handle|process|match|call|load>",
                "to $1",
            ),
            (
                "~ you|we|they|i|users need|want|wish <V!|restart|install|run|use|change|set|keep|add|create|build|open|start|make|update|write|copy|get|test|find|see> DET|CODE|it|them|W !N|VD|first|PL",
                "to $1",
            ),
            (
                "you|we|they|i|users need|want|wish <V!|restart|run|use|keep|add|create|build|open|start|make|write|get|see|find> the|a|an|your|this|it|them|all|our",
                "to $1",
            ),
            (
                "would like <V!|thank|see|use|add|know|make|help|change|get> DET|CODE|all|it|how|you|more|W",
                "to $1",
            ),
            (
                "allow|allows|allowed|enable|enables|want|wants|permit|permits|require|requires|expects you|us|them|users|developers|anyone <V!|use|run|build|change|set|see|write|add|make|choose|control|access|copy> DET|CODE|it|them|PL|N|only",
                "to $1",
            ),
            (
                "possible|impossible|easy|easier|hard|harder|difficult|necessary|safe|important|useful|required <V!|use|run|build|change|set|see|write|add|make|compare|access|copy|find|get> DET|CODE|NUM|it|them|all|any|other",
                "to $1",
            ),
            ("make|makes|be|making sure|certain <V!> DET|CODE", "to $1"),
            (
                "in order <V!|use|get|make|run|see|avoid|keep|build|set|access|find|add>",
                "to $1",
            ),
            (
                "one|some|many|any|all of <most|best|largest|biggest|first|main|few>",
                "the $1",
            ),
            (
                "one|two|three|some|many|several|each|any|none of <following|same>",
                "the $1",
            ),
            (
                "it|this|that is|was|also|not|it's also|usually|generally|often|always|probably|not? <good|bad|great|nice|common|useful|popular|simple|powerful|small idea|practice|choice|example|place|mistake|tool|library|option|feature|problem|solution>",
                "a $1 $2",
            ),
            ("<at|by end> of the|this|each|a|every", "$1 the $2"),
            (
                "<at|from|in beginning> of the|this|each|a|every",
                "$1 the $2",
            ),
            ("<on other> hand", "$1 the $2"),
            (
                "<in|at same> way|time|file|folder|directory|manner|place|order|line|page|process",
                "$1 the $2",
            ),
            (
                "<for|of|by|with|from same> reason|reasons|name|type|size|purpose|time|file|value",
                "$1 the $2",
            ),
            (
                "<on|from|at|in|to first|last|left|right> page|line|day|place|time|week|step|chapter|side|column|row|element|item !NUM",
                "$1 the $2",
            ),
            (
                "return|returns|returned|contains|creates|create|make|takes|gives|prints|writes|sends|defines|provides|produces|gets|yields <list|set|copy|pair|sequence|string|array|description|table> of",
                "a $1",
            ),
            ("it <depends|depend> the|your|DET", "$1 on"),
            (
                "<depends|depend|depending> the|your|which|this|how|its|whether|what",
                "$1 on",
            ),
            ("<according> the|this|our|your", "$1 to"),
            ("<refer|belongs|refers> the|this|our|your", "$1 to"),
            ("<waiting|waits> the|a|your", "$1 for"),
            ("<is|are|was|were going> V!", "$1 $2 to"),
            ("as long <you|it|they|we|the>", "as $1"),
            (
                "as soon|well|far|much|many|often <you|it|they|we|i|possible>",
                "as $1",
            ),
            ("<due> the|its|their|a", "$1 to"),
            (
                "used|needed|required|order|tries|try|trying|tried|needs|fails|failed|likes|attempts|attempting|decided|decides|chooses|plans|intends|intend <V!>",
                "to $1",
            ),
            ("<has|have be> VG|VD|ADJ|a|the", "$1 been"),
            (
                "must|should|can|could|may|might|will|cannot|would not|also|only|always|then? <done|seen|taken|given|written|known|shown|chosen|broken>",
                "be $1",
            ),
        ],
    },
    Family {
        code: "redundant",
        message: "one of these words says what the other does",
        patterns: &[
            (
                "<return|returns|returned|returning back> to|home|here|again|END",
                "$1",
            ),
            (
                "<revert|reverts|reverted|reverting|reply|replies|replied back>",
                "$1",
            ),
            ("<repeat|repeats|repeated again>", "$1"),
            ("<combine|combines|combined|combining together>", "$1"),
            (
                "<more better|worse|easier|faster|simpler|slower|larger|smaller|cheaper|bigger|safer|older|newer|stronger|cleaner|harder|longer|shorter|higher|lower> !W",
                "$2",
            ),
            (
                "<more better|easier|faster|simpler|slower|larger|smaller|cheaper|bigger|safer|stronger|cleaner|harder|longer|shorter|higher|lower> than|to|and|for|if|when|END|in",
                "$2",
            ),
            (
                "<most fastest|best|easiest|simplest|largest|smallest|biggest|slowest|cheapest|safest|strongest|cleanest|latest|oldest|newest|highest|lowest|worst|hardest|longest|shortest>",
                "$2",
            ),
            ("<free gift|gifts>", "$2"),
            ("<pin number|numbers>", "PIN"),
            ("<atm machine|machines>", "ATM"),
            ("<lcd display|displays>", "LCD"),
            ("<hiv virus>", "HIV"),
            ("reason W? W? W? W? <is because>", "is that"),
            ("<reason is because>", "reason is that"),
            ("<reason why is because>", "reason is that"),
            ("<postpone|postponed until later>", "$1"),
            ("<past history>", "history"),
            ("<advance planning|warning>", "$2"),
            ("<added bonus>", "bonus"),
            ("<close proximity> to|of", "proximity"),
            ("<completely|totally unanimous|eliminated|destroyed>", "$2"),
            ("<unexpected surprise>", "surprise"),
            ("<new innovation|innovations>", "$2"),
            ("<but however>", "but/however"),
            ("<also too>", "also"),
            ("<enter in|into into>", "enter into"),
            ("<can be able to>", "can/may be able to"),
            ("<could|will|would possibly may|might>", "$1"),
            ("<basic fundamentals>", "fundamentals"),
            ("<in order for to>", "in order to"),
        ],
    },
    Family {
        code: "compound",
        message: "this is written in two words here",
        patterns: &[
            (
                "to|can|will|must|should|could|would|may|might|please|you|we|they|not|then|users|cannot|don't|i|let's <setup|login|logout|backup|cleanup|checkout|shutdown|startup|rollback|signup|logon|lookup|rollout|workaround|fallback|breakdown|plugin|printout|timeout|opt-in|takeover|pickup|popup|teardown|warmup|kickoff|layout|standup|writeup> !END|W|CODE|to|PL|SG|N",
                "$1:split",
            ),
            (
                "to|can|will|must|should|could|would|may|might|please|cannot|don't|let's|easy to|not? <setup|login|logout|backup|cleanup|checkout|shutdown|rollback|signup|logon|rollout|teardown|lookup> DET|END|to|with|CODE|before|again|as|first|your|from|in|using|and|without|when|PL|on|old",
                "$1:split",
            ),
            (
                "^ <setup|login|logout|backup|checkout|shutdown|rollback|signup|cleanup> a|an|the|your|this|all|to|it|our",
                "$1:split",
            ),
            (
                "you|we|they|i|users|have|has|then|and|also <setup> a|an|the|your|this|all|it|our",
                "set up",
            ),
            ("<alot>", "a lot"),
            ("<eventhough>", "even though"),
            ("<everytime>", "every time"),
            ("<incase>", "in case"),
            ("<inorder>", "in order"),
            ("<inspite>", "in spite"),
            ("<aswell>", "as well"),
            ("<infact>", "in fact"),
            ("<atleast>", "at least"),
            ("<ofcourse>", "of course"),
            ("<noone>", "no one"),
            ("<incase of>", "in case of"),
            ("<eachother>", "each other"),
            ("<abit>", "a bit"),
            ("<upto>", "up to"),
            ("<infront>", "in front"),
            ("<thankyou>", "thank you"),
            ("<alltogether>", "altogether"),
            ("<inbetween> DET|PL", "in between"),
            (
                "it|this|which|there|they|he|she <maybe> VD|VG|necessary|useful|needed|not|more|possible|used|called|easier|better|worth|hard|difficult|best|simpler",
                "may be",
            ),
            ("~ there|it <maybe> W", "may be"),
            (
                "run|runs|ran|happens|changes|updated|used|works|work|done|sent|made|built|use|it|published|created|needed|job|them|updates|here <everyday> !N|life|use|work|SG|PL|tasks|things",
                "every day",
            ),
            (
                "run|runs|happens|updated|used|works|done|sent|it|published|them|here|week <everyday> at|END|in|for|from|by|before|after|on|and|when|to|with",
                "every day",
            ),
            (
                "in|for|of|your|the|as|an|our|their|most|with|common <every day> life|use|work|tasks|things|language|speech|objects|needs|situations|writing|problems|usage|things",
                "everyday",
            ),
            (
                "<all ready> been|exists|exist|have|has|in|installed|running|know|there|used|done|a",
                "already",
            ),
            ("<can not> !only", "cannot"),
            ("<with out> DET|VG|N", "without"),
            ("<an other> N|SG", "another"),
            ("<other wise>", "otherwise"),
            ("<how ever> ,", "however"),
            ("<there fore>", "therefore"),
            ("<more over> ,", "moreover"),
            ("<through out> the", "throughout"),
            (
                "<every thing> is|are|in|you|that|else|works|we|on|about",
                "everything",
            ),
            ("<some thing> is|that|like|you|else|about|to", "something"),
            ("<any thing> else|that|you|is|to|in|about", "anything"),
            ("<no thing> is|to|else", "nothing"),
            ("<them selves>", "themselves"),
            ("<it self>", "itself"),
            ("<your self>", "yourself"),
            ("<my self>", "myself"),
            ("<in side> the|a", "inside"),
            ("<out side> the|a|of", "outside"),
            ("<mean while>", "meanwhile"),
            ("<in stead> of", "instead"),
            ("<what ever> you|the|is|it", "whatever"),
            ("<when ever> you|the|it|a|possible", "whenever"),
            ("<where ever> you|the|it|possible", "wherever"),
            ("<over view> of", "overview"),
            ("<work flow|flows>", "workflow"),
            ("<never the less>", "nevertheless"),
            ("<none the less>", "nonetheless"),
        ],
    },
    Family {
        code: "quantity",
        message: "this word does not fit the number of what it counts",
        patterns: &[
            ("~ <this> NUM? PL are|were|have|do|must|should|may", "these"),
            ("~ <this> NUM? PL! can|will|in|of|that|VD!", "these"),
            (
                "in|of|with|all|for|on|to|from|by|use|using|into|at <this> PL! END|and|or|are|to|in|that|for|on|with|we|you",
                "these",
            ),
            (
                "^ <that> PL are|were|have|can|will|must|should|may",
                "those",
            ),
            (
                "~ <these> ADJ? SG is|was|has|can|will|must|should|may|does|explains|describes|returns|shows|contains",
                "this",
            ),
            (
                "~ <those> ADJ? SG is|was|has|can|will|must|should|may|does",
                "that",
            ),
            (
                "in|of|with|for|on|to|from|by|use|using|into|at|see|run <these|those> chapter|section|file|option|page|example|case|function|command|folder|document|book|guide|tutorial|article|version|way|directory|method|class|value|name|server|project|setting|parameter !N|PL|V|W|and|or",
                "this",
            ),
            ("too|how|so|as|very|not|have|that <much> ADJ? PL", "many"),
            ("~ <much> PL|of are|the people|users|files|things", "many"),
            (
                "too|how|so|as|very|not|have|that <many> time|information|noise|money|software|code|space|memory|work|traffic|data|research|advice|help|hardware|trouble|power|effort|documentation|luck|fun|energy|water|attention|knowledge|progress|bandwidth|feedback !N|PL|points|blocks|zones|steps|sources|structures|types|files|formats|packages|lines|bases|sets|items",
                "much",
            ),
            (
                "has|have|with|are|were|in|of|contains|use|uses|used|need|needs|requires|require|takes|get|gets|to|write|had|saw|found|holds|make|makes|produces|produce|few|fewer|even|far|much|only|no|the|cause|causes|there|, <less> ADJ? bugs|errors|files|words|lines|users|pages|arguments|options|problems|mistakes|people|steps|changes|tests|dependencies|requests|items|features|things|rows|columns|characters|bits|resources|instructions|calls|allocations|parameters|queries|warnings|issues|names|elements|entries|values|nodes|threads|keys|tokens|functions|methods|types|rules|commits|messages|connections|conflicts|tools|parts|cases|fields|options|objects|commands|entries|modules|clicks|tables|chapters|sentences|copies|surprises|moving|places|restrictions",
                "fewer",
            ),
            ("as <less> PL as", "few"),
            (
                "<amount|amounts> of users|files|people|errors|items|bugs|pages|tests|lines|words|requests|arguments|elements|threads|connections|times|characters|options|rows|columns|parameters|tokens|messages|entries|nodes|commits|instructions|queries|iterations|steps|bits|dependencies",
                "number",
            ),
            ("<informations>", "information"),
            ("<softwares>", "software"),
            ("<advices>", "advice"),
            ("<feedbacks>", "feedback"),
            ("<hardwares>", "hardware"),
            ("<knowledges>", "knowledge"),
            ("<equipments>", "equipment"),
            ("<evidences> that|of|for", "evidence"),
            ("<furnitures>", "furniture"),
            ("<researches> on|in|have|show", "research"),
            (
                "several|many|few|these|those|NUM|an|various|two <information|software|advice|feedback|hardware|equipment|furniture|homework|luggage> !N|PL|W",
                "pieces of $1",
            ),
            (
                "several|many|these|those|two|three|four|five|various|multiple|few !of <file|page|user|option|error|bug|test|line|word|argument|parameter|value|key|function|module|package|version|server|client|command|setting|thing|reason|way|day|year|month|step|rule|table|column|row|item|problem|example|chapter|section|folder|image|link|format|plugin|theme|tool|type|field|name|person|developer|method|change|feature> !N|PL|VG|VD|ADJ|SG|V|CODE|NUM",
                "$1:many",
            ),
            (
                "one of the|my|our|these|his|her|their|your|its ADJ? <file|page|user|option|error|bug|test|line|word|argument|parameter|value|key|function|module|package|version|server|command|setting|thing|reason|way|day|year|step|rule|table|item|problem|example|chapter|image|link|format|plugin|tool|field|method|feature|project|library> !N|PL|VG|SG|CODE",
                "$1:many",
            ),
            (
                "a|an|each|every|another ADJ? <files|pages|users|options|errors|bugs|tests|lines|words|arguments|parameters|functions|modules|packages|versions|servers|commands|settings|reasons|days|years|rules|tables|problems|examples|chapters|sections|folders|images|links|plugins|themes|tools|fields|methods|features> !N|PL|SG|CODE|VG|VD|per",
                "$1:one",
            ),
        ],
    },
    Family {
        code: "comma-after-opening",
        message: "a comma is missing after the opening of the sentence",
        patterns: &[
            (
                "^ <however> the|this|it|you|we|they|there|i|if|an|in|some|these|when|he|she|our|your",
                "$1,",
            ),
            (
                "^ <for example|instance> DET|you|it|we|they|there|if|in|to|when|he|she|i|suppose|on|with|consider",
                "$1 $2,",
            ),
            (
                "^ <furthermore|moreover|unfortunately|nevertheless|nonetheless|additionally|fortunately|therefore|finally|alternatively> the|this|it|you|we|they|there|i|if|a|an|some|these|he|she|our|your|all|each|restart|run|use|open|add|set",
                "$1,",
            ),
            (
                "^ <in addition|contrast|conclusion|summary> this|it|you|we|they|there|if|a|an|some|these|when|he|she|our|your|that|all|each",
                "$1 $2,",
            ),
            (
                "^ <as a result> the|this|it|you|we|they|there|if|a|an|some|these|when|he|she|our|your|all|each",
                "$1 $2 $3,",
            ),
            (
                "^ <on the other hand> the|this|it|you|we|they|there|if|a|an|some|these|when|he|she",
                "$1 $2 $3 $4,",
            ),
            (
                "^ <in other words> the|this|it|you|we|they|there|if|a|an|some|these|when",
                "$1 $2 $3,",
            ),
        ],
    },
];
