//! Verbs whose subject stands further off, and verbs after a verb that helps them.
//!
//! A subject counts only where its number is certain: an article or the like opens it, and its noun
//! is of one number.

use crate::checks::prose::grammar::rule::Family;

pub(super) const FAMILIES: &[Family] = &[
    Family {
        code: "verb-form",
        message: "the verb has the wrong form here",
        patterns: &[
            (
                "!the|a|an|this|his|her|their|my|your|our|its|no|last|free can|=may|might|=will|could|would|should|must|cannot not|also|only|always|never|then|still|just|even? <VS> DET|CODE|it|them|us|him|you|NUM|everything|nothing|something|so",
                "$1:base",
            ),
            (
                "!the|a|an|this|his|her|their|my|your|our|its|no|last|free|the can|=may|might|=will|could|would|should|must|cannot not|also|only|always|never|then|still|just? <leads|causes|breaks|shows|results|helps|returns|changes|works|fails|needs|takes|starts|stops|looks|uses> !V",
                "$1:base",
            ),
            (
                "this|that|it|which|they|he|she|we|you can|=will|might|should|must|could|would not|also|only|always|never|then|still|just? <VS> END",
                "$1:base",
            ),
            (
                "you|we|they|i|he|she|it|PL|SG|that|which|who must|should|shall|might not|also|only? <to V>",
                "$2",
            ),
            ("did|do|does|didn't|don't|doesn't not <VD>", "$1:base"),
            ("didn't|don't|doesn't <VD>", "$1:base"),
            ("did|do|does not <VS> !V|VD|are|have|were", "$1:base"),
            (
                "^ why|when|how|where|what? does|do|did the|a|this|that|your|my|our|their|its|his|her|these|those !ADJ SG|PL <VS> a|an|the|your|its|any|so|root|CODE|NUM|END",
                "$1:base",
            ),
            (
                "^ why|when|how|where|what? does|do|did the|a|this|that|your|my|our|their|its|his|her|these|those !ADJ SG|PL <works|needs|supports|takes|means|causes|happens|fails|returns|requires|shows|uses|looks|breaks> !V|VD|are|is|have|has|always|all|also|ever",
                "$1:base",
            ),
            (
                "~ does|do|did it|this|that|they|he|she|you|we <VS> DET|END|on|in|to|with|for|at|well|CODE",
                "$1:base",
            ),
            ("thank|thanks you? for <V> us|me|you|them", "$1:ing"),
            (
                "is|are|was|were|be only|mainly|mostly|often|also? used for <V> the|a|an|your|this|these|all",
                "$1:ing",
            ),
        ],
    },
    Family {
        code: "verb-agreement",
        message: "the verb does not fit its subject in number",
        patterns: &[
            // Many, with a part behind the head.
            (
                "^ the|these|those|all|some|most|many|several|both|your|our|my|their|its NUM? ADJ? PL of|in|for|on|from|to|with|at|by|under|behind|inside|within DET? ADJ? SG|PL <is|was|has|does|isn't|wasn't|hasn't|doesn't> !what|how|why|where",
                "$1:pl",
            ),
            (
                "^ the|these|those|all|your|our|my|their|its ADJ? PL of|in|for|on|from|with|at|by|under|behind|inside|within DET ADJ? SG <VS!>",
                "$1:base",
            ),
            (
                "^ the|these|those|all|your|our|my|their|its ADJ? PL in|on|from|at|under|behind|inside|within DET ADJ? SG <VS> a|an|the|its|it|them|nothing|no|every|your",
                "$1:base",
            ),
            (
                "^ the|these|those|all ADJ? PL that|which <was|is|has|does|wasn't|isn't|hasn't|doesn't>",
                "$1:pl",
            ),
            (
                "^ these|those ADJ? PL <VS> nothing|something|everything|it|them|him|no|every",
                "$1:base",
            ),
            // Many, inside a sentence.
            (
                "that|because|when|while|since|until|once|whether|if|although|before|after|unless the|these|those|all|your|our|my|their|its ADJ? PL <is|was|has|does|isn't|wasn't|hasn't|doesn't> !a|an|the|what|one|true|null|none",
                "$1:pl",
            ),
            // One, with many behind it.
            (
                "^ the|this|each|every|your|our !set|part|collection|percentage|fraction|portion|proportion|handful|host|plethora|kind|type|combination|quarter|mix|mixture|array|selection|class|family|crowd|sort|average|total|sum|best|only|rest ADJ? SG of the|your|all|these|those|our|its|their ADJ? PL <are|were|have|do|aren't|weren't|haven't|don't>",
                "$1:s",
            ),
            (
                "^ the|this|each|every|your|our !set|part|collection|percentage|fraction|portion|proportion|handful|host|plethora|kind|type|combination|quarter|mix|mixture|array|selection|class|family|crowd|sort|average|total|sum|best|only|rest SG of the|your|all|these|those|our|its|their ADJ? PL <depend|V!> on|to|a|an|the|your|its|by|from|CODE",
                "$1:s",
            ),
            (
                "^ a list|set|table|copy|summary|collection|description|overview of all DET? VD|ADJ? ADJ? PL <are|were|have>",
                "$1:s",
            ),
            (
                "~ each|one of the|these|those|our|your|their|its ADJ? PL <need|fail|require|return|run|use|cause|show|take|contain|start|stop|work> a|an|the|its|this|your|no|too|END|to|in|on|at|with|when|if",
                "$1:s",
            ),
            // One, right before its verb.
            (
                "^ the|this|each|every|your|our|its|my !ADJ|majority|committee|council|government|public|press|crew|board|audience|jury|army|company|management|community|faculty|clergy SG <were|are|weren't|aren't> VD|VG|ADJ|offline|online",
                "$1:s",
            ),
            (
                "because|when|while|since|until|once|unless|although|if the|this|your|our|my|its !ADJ|majority|committee|council|government|public|press|crew|board|audience|jury|army|company|management|community|faculty|clergy SG <are|have|do|aren't|haven't|don't> !and|or|you|we|they|i",
                "$1:s",
            ),
            (
                "because|while|since|until|once|when the|this|your|our|my !ADJ|majority|committee|council|government|public|press|crew|board|audience|jury|army|company|management|community|faculty|clergy SG <were|weren't> !to|and|or",
                "$1:s",
            ),
        ],
    },
    Family {
        code: "quantity",
        message: "this word does not fit the number of what it counts",
        patterns: &[
            (
                "^ <this> !helps|makes|lets|needs PL V!|return|need|take|show DET|CODE|NUM|it|them|nothing",
                "these",
            ),
            (
                "~ <these> SG VS!|opens|closes|shows|returns|takes|makes|needs|lets|saves|starts|stops|sends a|an|the|your|its|all|to|CODE|it|them",
                "this",
            ),
            (
                "large|small|huge|great|vast|certain|fixed|total|high|same|maximum <amount> of errors|users|files|people|items|bugs|pages|tests|lines|words|requests|PL!",
                "number",
            ),
        ],
    },
    Family {
        code: "missing-word",
        message: "a word is missing here",
        patterns: &[
            (
                "click|clicking|press|tap on <button|link|icon|image|tab|checkbox> to|below|above|and|END|in|at|for",
                "the $1",
            ),
            (
                "^ click|press|tap|push|follow|select <button|link|icon> to|below|above|at",
                "the $1",
            ),
        ],
    },
];
