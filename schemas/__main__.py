"""Write the JSON Schema of every record that crosses a topic to `schemas/json/`."""

from pathlib import Path

import orjson

from schemas import TOPIC_RECORDS

DIRECTORY = Path(__file__).parent / "json"


def json_schemas() -> dict[Path, bytes]:
    """Return each schema file's path and the content that it should have."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return {
        DIRECTORY / f"{record.__name__}.json": orjson.dumps(
            record.model_json_schema(mode="serialization"), option=options
        )
        for record in TOPIC_RECORDS
    }


if __name__ == "__main__":
    for path, content in json_schemas().items():
        path.write_bytes(content)
        print(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
