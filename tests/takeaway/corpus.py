"""What people write that a page, a spreadsheet or a printer might take for something else than words."""

SCRIPTS = (
    "<script>window.ran=(window.ran||0)+1</script>",
    '<img src=x onerror="window.ran=1">',
    "<svg onload=window.ran=1>",
    '"><svg/onload=window.ran=1>//',
    "'-(window.ran=1)-'",
    '" autofocus onfocus=window.ran=1 x="',
    "javascript:window.ran=1",
    "</title></textarea></script><script>window.ran=1</script>",
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "<details open ontoggle=window.ran=1>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.ran=1&gt;">',
    '<a href="javascript:window.ran=1">press</a>',
    "{{ 7*7 }} ${window.ran=1} #{7*7} <%= 7*7 %>",
    "\\u003cscript\\u003ewindow.ran=1\\u003c/script\\u003e",
    "]]><script>window.ran=1</script><![CDATA[",
    "&lt;script&gt;window.ran=1&lt;/script&gt;",
)
FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    '=HYPERLINK("https://example.org/?x="&A1,"press")',
    "=cmd|' /C calc'!A0",
    "  =1+1",
    '=IMPORTXML("https://example.org","//a")',
    "'=1+1",
    '"=1+1"',
    'DDE("cmd";"/C calc";"x")',
)
TYPST = (
    '#panic("ran")',
    '#import "@preview/x:1.0.0": *',
    '#read("/etc/passwd")',
    "= A heading? $ x^2 $ *bold* _soft_ `raw` <label> @ref https://example.org/",
    "\\ #{sys.inputs} // a comment? /* and */ ~ -- ---",
)
WRITING = (
    "Å ä ö É ø ß Ŋ ŧ đ č ž",
    "e\u0301 a\u030a o\u0308\u0304",  # marks by themselves, composed where they can be
    "מה יהיה על הגשר?",
    "متى تفتح المدرسة؟ ٣ أيام",
    "abc \u200fאבג\u200f 123 xyz",
    "Чия це дорога?  Πότε;",
    "👩‍👩‍👧‍👦 👍🏽 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f 🇸🇪 ❤️",
    "दुनिया ภาษาไทย 日本語 한국어 አማርኛ",
    "x̂ᵢ ∑ ≠ √ ½ № … — “quote” ’",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ꙮ ﷽",
    'Semikolon; komma, "citat" och\nen rad\ttill',
)
EVERYTHING = SCRIPTS + FORMULAS + TYPST + WRITING
