"""The OpenAPI description of the control API, made from its table of operations."""

from __future__ import annotations

from typing import Any

import msgspec

from emulator.control import answers
from emulator.control.operations import OPERATIONS, Operation, Parameter
from emulator.control.orders import Order

_REF = "#/components/schemas/{name}"
_JSON = "application/json"
_MEANINGS = {
    400: "The request says something that cannot be meant.",
    401: "The token of the ready file is missing or wrong.",
    403: "No such network, or its key is wrong.",
    404: "There is no such camera, rule or snapshot.",
    409: "It cannot be done now, or not with this emulator.",
    413: "The body is larger than any that can be meant.",
}
_SCHEMAS: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer", "minimum": 0, "maximum": 2**53},
    "number": {"type": "number", "minimum": 0, "maximum": 60},
    "moment": {"type": "string", "format": "date-time"},
}


def describe(url: str, version: str) -> dict[str, Any]:
    """Return the description as an object.

    Args:
        url: where the API is served.
        version: of the program.
    """
    structs: set[type[msgspec.Struct]] = {answers.Failure}
    for operation in OPERATIONS:
        for kind in (operation.answer, operation.order):
            if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind is not Order:
                structs.add(kind)
    _, components = msgspec.json.schema_components(
        sorted(structs, key=lambda kind: kind.__name__), ref_template=_REF
    )
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.verb.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "remotelens-emulator control API",
            "version": version,
            "summary": "What a person or the weather can do to emulated cameras, and what became of it.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": url}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token stands in the ready file.",
                }
            },
            "schemas": components,
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.does,
        "tags": [operation.tag],
        "parameters": [*map(_variable, operation.variables), *map(_parameter, operation.query)],
        "responses": {
            "200": {"description": "Done.", "content": _content(operation.answer)},
            **{
                str(status): {"description": _MEANINGS[status], "content": _content(answers.Failure)}
                for status in sorted({401, *operation.refusals})
            },
        },
    }
    if operation.order is Order:
        free = {"type": "object", "additionalProperties": True}
        described["requestBody"] = {"required": True, "content": {_JSON: {"schema": free}}}
    elif operation.order is not None:
        described["requestBody"] = {"required": True, "content": _content(operation.order)}
    return described


def _content(kind: type | str) -> dict[str, Any]:
    if isinstance(kind, str):
        return {kind: {"schema": {"type": "object"} if kind == _JSON else {}}}
    return {_JSON: {"schema": {"$ref": _REF.format(name=kind.__name__)}}}


def _variable(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.does,
        "required": parameter.required,
        "schema": _SCHEMAS[parameter.kind],
    }
