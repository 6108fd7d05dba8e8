"""A formula in LaTeX as one of Word's own: read by latex2mathml, its MathML told in Office's markup (OMML)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

Node: TypeAlias = ElementTree.Element

NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/math"

# Signs that stand before what they gather, their limits above and below.
_GATHERING = "∑∏∐∫∮⋃⋂"
_ACCENTS = {"^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "˙": "\u0307", "→": "\u20d7"}
_BARS = "¯‾―_"
# What latex2mathml does not know, in what it does.
_WORDS = ((r"\arg\max", r"\mathrm{arg\,max}"), (r"\arg\min", r"\mathrm{arg\,min}"))
_WIDE = 0.5


def formula(latex: str, convert: Callable[[str], str]) -> str:
    r"""Return the markup of a formula; `convert` is that of latex2mathml.

    Raises
    ------
    ValueError
        A command that latex2mathml does not read.

    Examples
    --------
    >>> from hengdian_index._present.word_formula import formula
    >>> mathml = '<math><msub><mi>z</mi><mn>1</mn></msub></math>'
    >>> made = formula("z_1", lambda latex: mathml)
    >>> made[made.index("<m:sSub>"):].replace('<m:rPr><m:sty m:val="p"/></m:rPr>', "")
    '<m:sSub><m:e><m:r><m:t>z</m:t></m:r></m:e><m:sub><m:r><m:t>1</m:t></m:r></m:sub></m:sSub></m:oMath>'
    """
    for word, known in _WORDS:
        latex = latex.replace(word, known)
    tree = ElementTree.fromstring(re.sub(r'\sxmlns="[^"]*"', "", convert(latex)))
    unread = [node.text for node in tree.iter() if (node.text or "").startswith("\\")]
    if unread:
        raise ValueError(f"{latex}: latex2mathml does not read {', '.join(map(str, unread))}")
    return f'<m:oMath xmlns:m="{NAMESPACE}">{_row(list(tree))}</m:oMath>'


def _row(nodes: Sequence[Node]) -> str:
    """Return nodes side by side; a sign that gathers takes the one behind it in."""
    out, waiting = list[str](), list(nodes)
    while waiting:
        node = waiting.pop(0)
        gathered = _gathering(node)
        if gathered is None:
            out.append(_told(node))
        else:
            sign, low, high = gathered
            body = _told(waiting.pop(0)) if waiting else ""
            out.append(_nary(sign, low, high, body))
    return "".join(out)


def _gathering(node: Node) -> tuple[str, str, str] | None:
    """Return the sign and its limits where a node is one that gathers what follows."""
    base = node[0] if len(node) else node
    sign = (base.text or "").strip() if base.tag == "mo" else ""
    if len(sign) != 1 or sign not in _GATHERING:
        return None
    parts = [_told(one) for one in list(node)[1:]]
    if node.tag in ("msub", "munder"):
        return sign, parts[0], ""
    if node.tag in ("msup", "mover"):
        return sign, "", parts[0]
    return (sign, parts[0], parts[1]) if node.tag in ("msubsup", "munderover") else (sign, "", "")


def _nary(sign: str, low: str, high: str, body: str) -> str:
    hidden = ("" if low else '<m:subHide m:val="1"/>') + ("" if high else '<m:supHide m:val="1"/>')
    place = "subSup" if sign in "∫∮" else "undOvr"
    about = f'<m:naryPr><m:chr m:val="{sign}"/><m:limLoc m:val="{place}"/>{hidden}</m:naryPr>'
    return f"<m:nary>{about}<m:sub>{low}</m:sub><m:sup>{high}</m:sup><m:e>{body}</m:e></m:nary>"


def _told(node: Node) -> str:
    """Return the markup of one node."""
    tell = _TELLERS.get(node.tag)
    return tell(node) if tell is not None else _fenced(list(node))


def _run(text: str, *, upright: bool) -> str:
    style = '<m:rPr><m:sty m:val="p"/></m:rPr>' if upright else ""
    return (
        f'<m:r>{style}<m:t xml:space="preserve">{escape(text)}</m:t></m:r>'
        if " " in text
        else (f"<m:r>{style}<m:t>{escape(text)}</m:t></m:r>")
    )


def _identifier(node: Node) -> str:
    text = node.text or ""
    return _run(text, upright=len(text) > 1 or node.get("mathvariant") == "normal")


def _upright(node: Node) -> str:
    return _run((node.text or "").replace("\xa0", " "), upright=True) if node.text else ""


def _space(node: Node) -> str:
    width = re.match(r"-?[\d.]+", node.get("width", "0"))
    size = float(width[0]) if width else 0.0
    return "" if size <= 0 else _run("\u2003" if size >= _WIDE else "\u2009", upright=True)


def _fenced(nodes: Sequence[Node]) -> str:
    """Return nodes side by side, between signs that grow with them where they are fences."""
    first, last = (_fence(nodes[0], "prefix"), _fence(nodes[-1], "postfix")) if len(nodes) > 1 else (None, None)
    if first is None:
        return _row(nodes)
    inner = nodes[1:] if last is None else nodes[1:-1]
    about = f"<m:begChr m:val={quoteattr(first)}/><m:endChr m:val={quoteattr(last or '')}/>"
    return f"<m:d><m:dPr>{about}</m:dPr><m:e>{_row(inner)}</m:e></m:d>"


def _fence(node: Node, form: str) -> str | None:
    return (node.text or "") if node.tag == "mo" and node.get("fence") == "true" and node.get("form") == form else None


def _parts(tag: str, *names: str) -> Callable[[Node], str]:
    """Return how a node is told whose children have names of their own."""

    def tell(node: Node) -> str:
        inner = "".join(f"<m:{name}>{_told(one)}</m:{name}>" for name, one in zip(names, node, strict=True))
        return f"<m:{tag}>{inner}</m:{tag}>"

    return tell


def _fraction(node: Node) -> str:
    bare = node.get("linethickness") in ("0", "0px", "0pt")
    about = '<m:fPr><m:type m:val="noBar"/></m:fPr>' if bare else ""
    return f"<m:f>{about}<m:num>{_told(node[0])}</m:num><m:den>{_told(node[1])}</m:den></m:f>"


def _root(node: Node) -> str:
    if node.tag == "mroot":
        return f"<m:rad><m:deg>{_told(node[1])}</m:deg><m:e>{_told(node[0])}</m:e></m:rad>"
    return f'<m:rad><m:radPr><m:degHide m:val="1"/></m:radPr><m:deg/><m:e>{_fenced(list(node))}</m:e></m:rad>'


def _over(node: Node) -> str:
    """Return what stands under an accent, a bar or another line."""
    sign, inner = (node[1].text or "").strip(), _told(node[0])
    if sign and sign in _BARS:
        return f'<m:bar><m:barPr><m:pos m:val="top"/></m:barPr><m:e>{inner}</m:e></m:bar>'
    if sign in _ACCENTS:
        return f'<m:acc><m:accPr><m:chr m:val="{_ACCENTS[sign]}"/></m:accPr><m:e>{inner}</m:e></m:acc>'
    return f"<m:limUpp><m:e>{inner}</m:e><m:lim>{_told(node[1])}</m:lim></m:limUpp>"


def _under(node: Node) -> str:
    return f"<m:limLow><m:e>{_told(node[0])}</m:e><m:lim>{_told(node[1])}</m:lim></m:limLow>"


def _between(node: Node) -> str:
    low = f"<m:limLow><m:e>{_told(node[0])}</m:e><m:lim>{_told(node[1])}</m:lim></m:limLow>"
    return f"<m:limUpp><m:e>{low}</m:e><m:lim>{_told(node[2])}</m:lim></m:limUpp>"


def _table(node: Node) -> str:
    lines = ["".join(f"<m:e>{_fenced(list(cell))}</m:e>" for cell in line) for line in node]
    return "<m:m>" + "".join(f"<m:mr>{line}</m:mr>" for line in lines) + "</m:m>"


_TELLERS: Mapping[str, Callable[[Node], str]] = {
    "mi": _identifier,
    "mn": _upright,
    "mo": _upright,
    "mtext": _upright,
    "mspace": _space,
    "msub": _parts("sSub", "e", "sub"),
    "msup": _parts("sSup", "e", "sup"),
    "msubsup": _parts("sSubSup", "e", "sub", "sup"),
    "mfrac": _fraction,
    "msqrt": _root,
    "mroot": _root,
    "mover": _over,
    "munder": _under,
    "munderover": _between,
    "mtable": _table,
}
