"""What bodies of the register's routes have in common: lines of text by their lengths, versions, reasons."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hemlarm_cloud.api.depends import Line, Version, WantedFor

Name = Annotated[Line, Field(min_length=1, max_length=80)]
Number20 = Annotated[Line, Field(min_length=1, max_length=20)]
Text20 = Annotated[Line, Field(max_length=20)]
Text40 = Annotated[Line, Field(max_length=40)]
Text60 = Annotated[Line, Field(max_length=60)]
Text80 = Annotated[Line, Field(max_length=80)]
Text120 = Annotated[Line, Field(max_length=120)]
Text200 = Annotated[Line, Field(max_length=200)]

AlarmKind = Literal["burglary", "hold-up", "fire", "technical"]
AlarmKinds = Annotated[list[AlarmKind], Field(max_length=4, default_factory=list)]
"""For which kinds of alarm something counts: an installer needs the papers for them."""


class Change(WantedFor):
    """A change of something that has versions. An operator says in `reason` which mail or letter asked for it."""

    version: Version
    reason: Text200 = ""


class Changed(BaseModel):
    """The new version of what was changed."""

    version: int


class Made(BaseModel):
    """The id of what was made."""

    id: int
