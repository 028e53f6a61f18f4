"""What can be made wrong in a module: every small change of its syntax tree, one at a time, each with a name.

Tables are changed entry by entry: each row dropped, each state, role, moment and guard in it swapped.
Left alone: annotations, decorators, docstrings, sentences for people (strings with a space in them), what a
module does when it is run as a command, and `strict` of zip, which speaks to whoever breaks it.
"""

import ast
import copy
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

COMPARISONS = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
LEFT_ALONE = {"annotation", "returns", "decorator_list", "type_params"}
CODE = re.compile(r"[^\s]+")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one thing wrong: `name` says where and what, and stays when lines move."""

    name: str
    line: int
    source: str


def mutants(source: str, known: Mapping[str, object]) -> Iterator[Mutant]:
    """Every mutant of a module. `known` are its globals: names are swapped for others of their kind."""
    tree, named = ast.parse(source), Counter[str]()
    for site, old, place in _sites(tree, ""):
        for label, new in _instead(old, known, in_table=not place or "[" in place):
            name = f"{place or 'module'}: {label}"
            named[name] += 1
            suffix = f" ({named[name]})" if named[name] > 1 else ""
            _put(site, new)
            line = old.target.lineno if isinstance(old, ast.comprehension) else getattr(old, "lineno", 0)
            yield Mutant(name + suffix, line, ast.unparse(tree))
        _put(site, old)


def _put(site: tuple[ast.AST, str, int | None], node: ast.AST) -> None:
    parent, field, index = site
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _sites(parent: ast.AST, place: str) -> Iterator[tuple[tuple[ast.AST, str, int | None], ast.AST, str]]:
    """Every node that may be replaced, where it hangs, and the function or table row it is in."""
    for field, value in ast.iter_fields(parent):
        if field in LEFT_ALONE:
            continue
        several = isinstance(value, list)
        for index, node in enumerate(list(value) if several else [value]):
            if not isinstance(node, ast.AST) or _left_alone(node, parent):
                continue
            inner = _place(node, parent, index, place)
            yield (parent, field, index if several else None), node, inner
            yield from _sites(node, inner)


def _left_alone(node: ast.AST, parent: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.JoinedStr() | ast.Import() | ast.ImportFrom():
            return True
        case ast.keyword(arg="strict"):
            return True
        case ast.Assign(value=ast.Subscript()):
            return isinstance(parent, ast.Module)  # the name of a type
        case ast.If(test=ast.Compare(left=ast.Name("__name__"))):
            return True  # a module as a command
    return isinstance(node, ast.expr_context)


def _place(node: ast.AST, parent: ast.AST, index: int, place: str) -> str:
    match node, parent:
        case ((ast.FunctionDef(name=name) | ast.ClassDef(name=name)), _):
            return f"{place}.{name}" if place else name
        case ((ast.Assign(targets=[target]) | ast.AnnAssign(target=target)), ast.Module()):
            return f"{ast.unparse(target)}[]"
        case _, ast.Dict(keys=keys) if place.endswith("[]") and keys[index]:
            return f"{place[:-1]}{ast.unparse(keys[index])}]"
        case _, ast.Tuple() if place.endswith("]"):
            return f"{place}[{index}]"
    return place


def _text(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 70 else f"{text[:40]} … {text[-25:]}"


def _instead(node: ast.AST, known: Mapping[str, object], *, in_table: bool) -> Iterator[tuple[str, ast.AST]]:
    """(what it says, the node to put instead)."""
    for new in _swaps(node, known, in_table=in_table):
        yield f"{_text(node)} → {_text(new)}", new
    yield from _drops(node)


def _with(node: ast.AST, **fields: object) -> ast.AST:
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _without(items: list[ast.expr], index: int) -> list[ast.expr]:
    return items[:index] + items[index + 1 :]


def _swaps(  # noqa: C901, PLR0912  # one case a kind of node
    node: ast.AST, known: Mapping[str, object], *, in_table: bool
) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=ops):
            for index, op in enumerate(ops):
                for other in COMPARISONS[type(op)]:
                    yield _with(node, ops=[*ops[:index], other(), *ops[index + 1 :]])
        case ast.BoolOp(op=op, values=values):
            yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
            for index in range(len(values)):
                left = _without(values, index)
                yield left[0] if len(left) == 1 else _with(node, values=left)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.BinOp(op=op, left=left, right=right) if type(op) in ARITHMETIC:
            yield _with(node, op=ARITHMETIC[type(op)]())
            if isinstance(op, ast.BitOr | ast.BitAnd | ast.Sub):
                yield left
                yield right
        case ast.AugAssign(op=op) if type(op) in ARITHMETIC:
            yield _with(node, op=ARITHMETIC[type(op)]())
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case ast.Constant(value=str() as value) if CODE.fullmatch(value):
            yield ast.Constant(value + "x")
        case ast.IfExp(test=test) | ast.If(test=test) | ast.While(test=test):
            yield _with(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.comprehension(ifs=ifs):
            for index in range(len(ifs)):
                yield _with(node, ifs=_without(ifs, index))
                yield _with(node, ifs=[*_without(ifs, index), ast.UnaryOp(ast.Not(), ifs[index])])
        case ast.Call(func=ast.Name(id=name)) if name in CALLS:
            yield _with(node, func=ast.Name(CALLS[name]))
        case ast.Return(value=value) if value:
            nothing = isinstance(value, ast.Constant) and value.value is None
            yield ast.Return(ast.Constant("made up" if nothing else None))
        case ast.Slice(lower=lower, upper=upper):
            yield from [_with(node, lower=None)] if lower else []
            yield from [_with(node, upper=None)] if upper else []
        case ast.Raise() | ast.AugAssign() | ast.Expr() | ast.Break() | ast.Continue():
            yield ast.Pass()
    if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
        yield from _next_of_kind(node, known, in_table=in_table)


def _drops(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Dict(keys=keys, values=values):
            for index, key in enumerate(keys):
                said = _text(key) if key else f"**{_text(values[index])}"
                yield f"without {said}", ast.Dict(_without(keys, index), _without(values, index))
        case ast.Set(elts=items) | ast.List(elts=items) | ast.Tuple(elts=items, ctx=ast.Load()):
            for index, item in enumerate(items):
                less = _without(items, index)
                empty = isinstance(node, ast.Set) and not less
                yield (
                    f"without {_text(item)}",
                    ast.Call(ast.Name("set"), [], []) if empty else _with(node, elts=less),
                )
        case ast.Call(args=args, keywords=keywords):
            if len(args) > 1:
                yield f"{_text(node.func)}(…) without {_text(args[-1])}", _with(node, args=args[:-1])
            for index, keyword in enumerate(keywords):
                if not _left_alone(keyword, node):
                    less = _with(node, keywords=_without(keywords, index))
                    yield f"{_text(node.func)}(…) without {_text(keyword)}", less


def _next_of_kind(node: ast.expr, known: Mapping[str, object], *, in_table: bool) -> Iterator[ast.AST]:
    """The next member of the same enum; in a table, also the next set of roles or the next guard."""
    try:
        value = eval(ast.unparse(node), dict(known))  # a dotted name of the module itself
    except (NameError, AttributeError):
        return
    if isinstance(value, Enum):
        members = list(type(value))
        other = members[(members.index(value) + 1) % len(members)]
        yield ast.Attribute(ast.Name(type(value).__name__), other.name)
    elif in_table and isinstance(node, ast.Name) and (isinstance(value, frozenset) or callable(value)):
        same = [name for name, one in known.items() if type(one) is type(value) and _own(one, known)]
        if node.id in same and len(same) > 1:
            yield ast.Name(same[(same.index(node.id) + 1) % len(same)])


def _own(value: object, known: Mapping[str, object]) -> bool:
    return getattr(value, "__module__", known["__name__"]) == known["__name__"] and not isinstance(
        value, type
    )
