//! The languages that have colors, with the names that writers give them.
//!
//! Grammars are compiled into the program and their queries when a text first asks for them: a
//! constant that is worked out late, not a state.
//!
//! A scanner in C that reads outside of its memory cannot be held back from here, so its language is
//! left out, Agda, Idris and Typst, or what it cannot bear is: `endurance.rs` found them under an
//! address sanitizer.

use std::sync::OnceLock;

use crate::render::highlight::grammar::Grammar;

/// A language: its names, the first its own, and its grammar.
struct Language {
    names: &'static [&'static str],
    compile: fn() -> Option<Grammar>,
}

macro_rules! languages {
    ($($module:ident: $($name:literal)+,)+) => {
        const LANGUAGES: &[Language] = &[$(Language {
            names: &[$($name),+],
            compile: || Grammar::new(
                arborium::$module::language().into(),
                &arborium::$module::HIGHLIGHTS_QUERY,
                &arborium::$module::INJECTIONS_QUERY,
            ),
        }),+];
    };
}

languages! {
    lang_ada: "ada" "adb" "ads",
    lang_asciidoc: "asciidoc" "adoc",
    lang_asm: "asm" "assembly" "gas" "s",
    lang_awk: "awk",
    lang_bash: "bash" "ksh" "sh" "shell",
    lang_batch: "batch" "bat" "cmd" "dosbatch",
    lang_c: "c" "h",
    lang_c_sharp: "c-sharp" "c#" "cs" "csharp",
    lang_caddy: "caddy" "caddyfile",
    lang_capnp: "capnp",
    lang_cedar: "cedar",
    lang_cedarschema: "cedarschema",
    lang_clojure: "clojure" "clj" "cljc" "cljs" "edn",
    lang_cmake: "cmake",
    lang_commonlisp: "commonlisp" "cl" "common-lisp" "lisp",
    lang_cpp: "cpp" "hlsl" "c++" "cc" "cxx" "hh" "hpp",
    lang_css: "css",
    lang_dart: "dart",
    lang_devicetree: "devicetree" "dts" "dtsi",
    lang_diff: "diff" "patch",
    lang_dockerfile: "dockerfile" "containerfile" "docker",
    lang_dot: "dot" "graphviz" "gv",
    lang_elisp: "elisp" "el" "emacs-lisp",
    lang_elixir: "elixir" "ex" "exs",
    lang_elm: "elm",
    lang_erlang: "erlang" "erl" "hrl",
    lang_fish: "fish",
    lang_fsharp: "fsharp" "f#" "fs" "fsx",
    lang_gitattributes: "gitattributes",
    lang_gleam: "gleam",
    lang_glsl: "glsl" "frag" "vert",
    lang_go: "go" "golang",
    lang_graphql: "graphql" "gql",
    lang_groovy: "groovy" "gradle" "gsh" "gvy" "gy" "jenkinsfile",
    lang_haskell: "haskell" "hs" "lhs",
    lang_hcl: "hcl" "opentofu" "terraform" "tf" "tofu",
    lang_html: "html" "htm" "xhtml",
    lang_ini: "ini" "cfg" "conf" "desktop" "dosini" "editorconfig" "properties" "systemd",
    lang_java: "java",
    lang_javascript: "javascript" "cjs" "js" "jsx" "mjs" "node",
    lang_jinja2: "jinja2" "j2" "jinja" "jinja-html" "njk" "nunjucks" "tera" "twig",
    lang_jq: "jq",
    lang_jsdoc: "jsdoc",
    lang_json: "json" "geojson" "json5" "jsonc" "jsonl" "ndjson" "webmanifest",
    lang_julia: "julia" "jl",
    lang_just: "just",
    lang_kconfig: "kconfig",
    lang_kdl: "kdl",
    lang_kotlin: "kotlin" "kt" "kts",
    lang_lua: "lua" "luau",
    lang_make: "make" "gnumakefile" "makefile" "mk",
    lang_markdown: "markdown" "md" "mdx",
    lang_matlab: "matlab" "m" "octave",
    lang_meson: "meson",
    lang_ninja: "ninja",
    lang_nix: "nix",
    lang_objc: "objc" "mm" "obj-c" "objective-c" "objectivec",
    lang_ocaml: "ocaml" "ml" "mli",
    lang_odin: "odin",
    lang_perl: "perl" "pl" "pm",
    lang_php: "php" "php3" "phtml",
    lang_postscript: "postscript" "ps",
    lang_powershell: "powershell" "posh" "ps1" "psm1" "pwsh",
    lang_prolog: "prolog" "pro",
    lang_proto: "proto" "proto3" "protobuf",
    lang_python: "python" "gyp" "ipython" "py" "py2" "py3" "pyi" "python2" "python3",
    lang_query: "query" "scm" "tree-sitter-query",
    lang_r: "r" "rlang" "rscript",
    lang_regex: "regex" "regexp",
    lang_rego: "rego" "opa",
    lang_rescript: "rescript" "res",
    lang_ron: "ron",
    lang_ruby: "ruby" "gemfile" "rake" "rb" "rbs",
    lang_rust: "rust" "rs" "rust-script",
    lang_scala: "scala" "sbt" "sc",
    lang_scheme: "scheme" "racket" "rkt" "ss",
    lang_scss: "scss" "sass",
    lang_solidity: "solidity" "sol",
    lang_sparql: "sparql" "rq",
    lang_sql: "sql" "ddl" "mariadb" "mysql" "plpgsql" "plsql" "postgres" "postgresql" "psql" "sqlite" "tsql",
    lang_ssh_config: "ssh-config" "sshconfig",
    lang_starlark: "starlark" "bazel" "bzl" "star",
    lang_svelte: "svelte",
    lang_swift: "swift",
    lang_textproto: "textproto" "pbtxt" "prototext" "textpb",
    lang_thrift: "thrift",
    lang_toml: "toml",
    lang_tsx: "tsx",
    lang_typescript: "typescript" "cts" "mts" "ts",
    lang_uiua: "uiua" "ua",
    lang_vb: "vb" "vb.net" "vba" "vbnet" "visualbasic",
    lang_vhdl: "vhdl" "vhd",
    lang_vim: "vim" "neovim" "viml" "vimscript",
    lang_vue: "vue",
    lang_wit: "wit" "wasm-interface",
    lang_x86asm: "x86asm" "nasm" "x86",
    lang_xml: "xml" "atom" "plist" "rss" "svg" "wsdl" "xaml" "xsd" "xsl" "xslt",
    lang_yaml: "yaml" "eyaml" "openapi" "yml",
    lang_zig: "zig",
    lang_zsh: "zsh",
}

/// Names of what a terminal shows: lines that were typed, and what came back.
const SESSIONS: &[&str] = &["console", "shell-session", "sh-session", "terminal"];

/// Whether a language has colors, by any of its names.
pub(super) fn is_known(name: &str) -> bool {
    is_session(name) || place(name).is_some()
}

/// Whether a text is what a terminal shows.
pub(super) fn is_session(name: &str) -> bool {
    SESSIONS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

fn place(name: &str) -> Option<usize> {
    let has = |language: &Language| {
        let mut names = language.names.iter();
        names.any(|known| known.eq_ignore_ascii_case(name))
    };
    LANGUAGES.iter().position(has)
}

/// The first name of every language.
#[cfg(test)]
pub(super) fn own_names() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().map(|language| language.names[0])
}

/// The longest name that the scanner of Ruby can keep, and how many of them, with some room.
const RUBY_KEEPS: usize = 100;

/// Whether the scanner of a language can bear a text.
pub(super) fn bears(name: &str, text: &str) -> bool {
    match place(name).map(|at| LANGUAGES[at].names[0]) {
        // It compares the names of directives past their end.
        Some("swift") => !text.contains('#'),
        // It keeps the lengths of the names of heredocs, and their number, in a byte each.
        Some("ruby") => {
            let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
            let long = words.any(|word| word.len() > RUBY_KEEPS);
            !text.contains("<<") || (!long && text.matches("<<").count() < RUBY_KEEPS)
        }
        _ => true,
    }
}

/// The grammar of a language, by any of its names.
pub(super) fn grammar_named(name: &str) -> Option<&'static Grammar> {
    static GRAMMARS: [OnceLock<Option<Grammar>>; LANGUAGES.len()] =
        [const { OnceLock::new() }; LANGUAGES.len()];
    let at = place(name)?;
    GRAMMARS[at].get_or_init(LANGUAGES[at].compile).as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_a_hundred_and_every_one_compiles() {
        assert!(LANGUAGES.len() >= 100, "{}", LANGUAGES.len());
        let broken: Vec<&str> = LANGUAGES
            .iter()
            .filter(|language| (language.compile)().is_none())
            .map(|language| language.names[0])
            .collect();
        assert!(broken.is_empty(), "{broken:?}");
    }

    #[test]
    fn no_name_means_two_languages() {
        let mut names: Vec<&str> = LANGUAGES
            .iter()
            .flat_map(|language| language.names.iter().copied())
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn what_a_scanner_cannot_bear_stays_plain() {
        assert!(bears("swift", "let a = 1") && !bears("swift", "#if a"));
        assert!(bears("rb", "a = <<TEXT\nb\nTEXT\n"));
        assert!(!bears("rb", &format!("a = <<{}\n", "a".repeat(200))));
        assert!(!bears("ruby", &"<<A ".repeat(200)));
        assert!(bears("rust", "#[test]"));
    }

    #[test]
    fn names_are_known_whatever_their_case() {
        for name in ["rs", "JS", "Dockerfile", "yml", "C++", "ps1", "Console"] {
            assert!(is_known(name), "{name}");
        }
        assert!(!is_known(""));
    }
}
