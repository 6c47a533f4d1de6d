//! The names that stand on keys.

/// What a key is called: `ctrl` is `Ctrl`, `arrow-up` is `↑`; a name in quotes stays as it is.
pub(super) fn key_name(key: &str) -> String {
    if let Some(name) = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')) {
        return name.to_owned();
    }
    let name = match key.to_ascii_lowercase().as_str() {
        "arrow-up" | "up" => "↑",
        "arrow-down" | "down" => "↓",
        "arrow-left" | "left" => "←",
        "arrow-right" | "right" => "→",
        "ctrl" | "control" => "Ctrl",
        "cmd" | "command" => "Cmd",
        "esc" | "escape" => "Esc",
        "del" | "delete" => "Del",
        "ins" | "insert" => "Ins",
        "win" | "windows" => "Win",
        "page-up" | "pgup" => "Page Up",
        "page-down" | "pgdn" => "Page Down",
        "caps-lock" => "Caps Lock",
        "print-screen" => "Print Screen",
        "plus" => "+",
        "minus" => "-",
        _ => "",
    };
    if !name.is_empty() {
        return name.to_owned();
    }
    let words = key.replace(['-', '_'], " ");
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}
