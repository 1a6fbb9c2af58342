"""What another program needs to know, made from the declarations: OpenAPI for HTTP, and the socket's protocol."""

from typing import Any

from pydantic.json_schema import models_json_schema

from . import __version__
from .access import GUEST, IMPLIES
from .dispatch import COMMANDS, SYSTEM, Command
from .participants.store import ROLES
from .problems import CODES
from .sync import Topic

UUID = {"type": "string", "format": "uuid", "description": "made by the client; the same op is never done twice"}


# every event on the socket; the protocol page must explain each, and a test holds it to that
HEARD = ("welcome", "changes", "presence", "ended")
SAID = ("catch_up", "command")


def public_commands() -> list[Command]:
    return [c for _, c in sorted(COMMANDS.items()) if c.role != SYSTEM]


def described() -> dict[str, Any]:
    """What the readable pages show: commands with fields and roles, topics with what each audience sees, problems."""
    return {
        "commands": [_described(c) for c in public_commands()],
        "topics": [
            {"name": t.name, "summary": " ".join((t.__doc__ or "").split()), "audiences": t.fields}
            for _, t in sorted(Topic.all.items())
            if not t.internal
        ],
        "problems": [
            {"code": code, "status": status, "title": str(title), "detail": str(detail)}
            for code, (status, title, detail) in CODES.items()
        ],
        "socket": {"heard": HEARD, "said": SAID},
        "version": __version__,
    }


def _described(c: Command) -> dict[str, Any]:
    schema = c.payload.model_json_schema()
    required = set(schema.get("required", ()))
    return {
        "name": c.name,
        "summary": c.about,
        "roles": [r for r in ROLES if c.role in (r, GUEST) or c.role in IMPLIES.get(r, ())]
        + [GUEST] * (c.role == GUEST),
        "limit": c.limit,
        "fields": [
            {
                "name": name,
                "type": _type_of(field),
                "required": name in required,
                "description": field.get("description", ""),
            }
            for name, field in schema.get("properties", {}).items()
        ],
    }


def _type_of(field: dict[str, Any]) -> str:
    options = field.get("anyOf", [field])
    kinds = [f"{o.get('type', 'any')}{' (' + o['format'] + ')' if 'format' in o else ''}" for o in options]
    return " or ".join(k for k in kinds if k != "null") or "any"


def openapi(server: str) -> dict[str, Any]:
    """OpenAPI 3.1 of every route under /api/v1."""
    commands = public_commands()
    models = {c.payload for c in commands}
    _, schemas = models_json_schema(
        [(m, "validation") for m in sorted(models, key=lambda m: m.__name__)],
        ref_template="#/components/schemas/{model}",
    )
    slug = {"name": "slug", "in": "path", "required": True, "schema": {"type": "string"}}
    paths: dict[str, Any] = {}
    for c in commands:
        paths[f"/api/v1/m/{{slug}}/commands/{c.name}"] = {
            "post": {
                "operationId": c.name,
                "summary": c.about,
                "description": f"Role: {c.role}. Limit per person: {c.limit}.",
                "tags": [c.name.partition(".")[0]],
                "parameters": [slug],
                "requestBody": {"required": True, "content": {"application/json": {"schema": _body(c)}}},
                "responses": {
                    "200": _json("done, or the stored answer of the same op", {"$ref": "#/components/schemas/Done"}),
                    **_problems(400, 401, 403, 404, 409, 413, 422, 429, 500, 503),
                },
            }
        }
    paths["/api/v1/m/{slug}/state"] = {
        "get": {
            "operationId": "state",
            "summary": "The whole picture, in layers and merged.",
            "parameters": [slug],
            "responses": {"200": _json("the picture", {"$ref": "#/components/schemas/State"}), **_problems(401, 404)},
        }
    }
    paths["/api/v1/m/{slug}/changes"] = {
        "get": {
            "operationId": "changes",
            "summary": "What has changed after `since`.",
            "parameters": [
                slug,
                {"name": "since", "in": "query", "required": True, "schema": {"type": "integer", "minimum": 0}},
                {"name": "epoch", "in": "query", "schema": {"type": "string"}},
            ],
            "responses": {
                "200": _json("the changes", {"$ref": "#/components/schemas/Changes"}),
                **_problems(401, 404, 410, 422),
            },
        }
    }
    paths["/api/v1/m/{slug}/now"] = {
        "get": {
            "operationId": "now",
            "summary": "What is on, what comes next and how late it is, by track. Open to everyone, from any web page.",
            "parameters": [slug],
            "security": [],
            "responses": {"200": _json("what is on", {"$ref": "#/components/schemas/Now"}), **_problems(404)},
        }
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "hybridmote",
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": {**schemas.get("$defs", {}), **_SCHEMAS},
        },
    }


def _body(c: Command) -> dict[str, Any]:
    """The flat body: op beside the payload's own fields."""
    schema = c.payload.model_json_schema(ref_template="#/components/schemas/{model}")
    return {
        "type": "object",
        "properties": {"op": UUID, **schema.get("properties", {})},
        "required": ["op", *schema.get("required", ())],
        "additionalProperties": False,
    }


def _json(about: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": about, "content": {"application/json": {"schema": schema}}}


def _problems(*statuses: int) -> dict[str, Any]:
    return {
        str(status): {
            "description": ", ".join(code for code, c in CODES.items() if c[0] == status),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


_INSTANT = {"type": ["string", "null"], "format": "date-time"}
_TEXT = {"type": "string"}


def _object(**properties: Any) -> dict[str, Any]:
    """One whose every field is always there."""
    return {"type": "object", "properties": properties, "required": list(properties)}


_ON = _object(
    id=_TEXT,
    title=_TEXT,
    kind=_TEXT,
    day={"type": "string", "format": "date"},
    planned_start=_INSTANT,
    planned_end=_INSTANT,
    expected_start=_INSTANT,
    expected_end=_INSTANT,
    actual_start=_INSTANT,
    speakers={"type": "array", "items": _object(name=_TEXT, role=_TEXT, organisation=_TEXT)},
    attendance={"enum": ["hall", "web", "both"]},
    part_of={"type": ["string", "null"], "description": "title of what it is part of"},
)
_NOW = _object(
    now={"type": "string", "format": "date-time"},
    meeting=_object(slug=_TEXT, title=_TEXT, language=_TEXT, timezone=_TEXT, url=_TEXT),
    tracks={
        "type": "array",
        "items": _object(
            track={"type": "string", "description": "empty when there is one"},
            on={"oneOf": [_ON, {"type": "null"}]},
            next={"oneOf": [_ON, {"type": "null"}]},
            late_minutes={"type": "integer", "minimum": 0},
        ),
    },
)
_LAYER = {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": {"type": "object"}}}
_SCHEMAS: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string", "enum": list(CODES)},
            "field": {"type": "string"},
            "current": {"type": "object"},
            "retry_after": {"type": "integer"},
        },
        "required": ["type", "title", "status", "detail", "code"],
    },
    "Done": {
        "type": "object",
        "properties": {"ok": {"const": True}, "result": {}, "seq": {"type": "integer"}},
        "required": ["ok", "result", "seq"],
    },
    "State": {
        "type": "object",
        "properties": {
            "epoch": {"type": "string"},
            "now": {"type": "string", "format": "date-time"},
            "me": {"type": "object"},
            "layers": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "properties": {"seq": {"type": "integer"}, "topics": _LAYER},
                    "required": ["seq", "topics"],
                },
            },
            "topics": _LAYER,
        },
        "required": ["epoch", "now", "me", "layers", "topics"],
    },
    "Now": _NOW,
    "Changes": {
        "type": "object",
        "properties": {
            "now": {"type": "string", "format": "date-time"},
            "to": {"type": "integer"},
            "changes": {"type": "object", "additionalProperties": {"type": "object"}},
        },
        "required": ["now", "to", "changes"],
    },
}
