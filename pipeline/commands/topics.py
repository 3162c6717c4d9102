"""`newswire topics`: creating, checking, growing and repairing them."""

from pipeline.settings import Settings
from pipeline.topics import ensure_topics, grow_topics, repair_topics


def arrange_topics(settings: Settings, grow: int | None, repair: bool) -> None:
    """Do to the topics what is asked for, and print what was done."""
    if repair:
        for change in repair_topics(settings):
            print(f"repaired {change}")
    if grow is not None:
        for topic in grow_topics(settings, grow):
            print(f"{topic} has {grow} partitions now")
        if grow != settings.partitions:
            print(f"set NEWSWIRE_PARTITIONS={grow} for every process, and start the workers anew")
        settings = settings.model_copy(update={"partitions": grow})
    created = ensure_topics(settings)
    for topic in sorted(created):
        print(f"created {topic}")
    if not created:
        print("every topic is there")
