"""Articles made up for the tests, each set as one agency or site sets its own."""

from dataclasses import dataclass

from schemas import Copyright, Dateline


@dataclass(frozen=True)
class Convention:
    """What came in, and every field as a careful editor would fill it."""

    name: str
    content: str
    body: str
    headline: str = ""
    given_headline: str | None = None
    byline: tuple[str, ...] = ()
    dateline: Dateline | None = None
    credits: tuple[str, ...] = ()
    copyright: Copyright | None = None
    editorial_note: str | None = None
    slug: str | None = None


FIRST = "The port of Lundby reopened on Tuesday after a fire that closed two of its piers, the harbor master said."
SECOND = "Nobody was hurt. Three ships were moved to the outer roads."
STORY = f"{FIRST}\n\n{SECOND}"

CONVENTIONS = (
    Convention(
        name="AP, as a newspaper receives it",
        content=f"""BC-EU--Lundby-Port Fire,2nd Ld-Writethru,0312
Port of Lundby reopens after fire
Eds: UPDATES: with quote from harbor master. With AP Photos.
By JANE DOE and JOHN ROE
Associated Press
LUNDBY, Sweden (AP) — {FIRST}

{SECOND}

___

Roe reported from Oslo. Associated Press writer Max Muster in Berlin contributed to this report.

Copyright 2016 The Associated Press. All rights reserved. This material may not be published, broadcast, rewritten or redistributed.
AP-WF-03-01-16 1501GMT<""",
        body=STORY,
        headline="Port of Lundby reopens after fire",
        byline=("JANE DOE", "JOHN ROE"),
        dateline=Dateline(place="LUNDBY, Sweden", agency="AP"),
        credits=(
            "Roe reported from Oslo. Associated Press writer Max Muster in Berlin contributed to this report",
        ),
        copyright=Copyright(
            notice="Copyright 2016 The Associated Press. All rights reserved. This material may not be"
            " published, broadcast, rewritten or redistributed.",
            holder="The Associated Press",
            year=2016,
        ),
        editorial_note="Eds: UPDATES: with quote from harbor master. With AP Photos.",
        slug="BC-EU--Lundby-Port Fire",
    ),
    Convention(
        name="Reuters, modern",
        content=f"""UPDATE 2-Port of Lundby reopens after fire

(Adds harbor master's comment, background)

By Jane Doe

LUNDBY, March 1 (Reuters) - {FIRST}

{SECOND}

(Reporting by Jane Doe; Additional reporting by John Roe in Oslo; Editing by Max Muster)

((jane.doe@example.com; +46 8 5550 1000; Reuters Messaging: jane.doe))

Our Standards: The Thomson Reuters Trust Principles.

(c) Copyright Thomson Reuters 2016. Click For Restrictions - https://example.com/copyright""",
        body=STORY,
        headline="UPDATE 2-Port of Lundby reopens after fire",
        byline=("Jane Doe",),
        dateline=Dateline(place="LUNDBY", date="March 1", agency="Reuters"),
        credits=(
            "Reporting by Jane Doe; Additional reporting by John Roe in Oslo; Editing by Max Muster",
        ),
        copyright=Copyright(
            notice="(c) Copyright Thomson Reuters 2016. Click For Restrictions - https://example.com/copyright",
            holder="Thomson Reuters",
            year=2016,
        ),
        editorial_note="Adds harbor master's comment, background",
    ),
    Convention(
        name="Reuters, 1987, wrapped",
        content="""F
f0704reute
u f BC-LUNDBY-PORT   03-01 0105
PORT OF LUNDBY REOPENS AFTER FIRE
By Jane Doe, Reuters
    LUNDBY, Sweden, March 1 - The port of Lundby reopened on
Tuesday after a fire that closed two of its piers, the harbor
master said.
    Nobody was hurt. Three ships were moved to the outer roads.
 Reuter""",
        body=STORY,
        headline="PORT OF LUNDBY REOPENS AFTER FIRE",
        byline=("Jane Doe",),
        dateline=Dateline(place="LUNDBY, Sweden", date="March 1"),
        slug="BC-LUNDBY-PORT",
    ),
    Convention(
        name="AFP",
        content=f"""Port of Lundby reopens after fire

Lundby, Sweden, March 1, 2016 (AFP) - {FIRST}

{SECOND}

jd-jr/mm/max

© Agence France-Presse""",
        body=STORY,
        headline="Port of Lundby reopens after fire",
        dateline=Dateline(place="Lundby, Sweden", date="March 1, 2016", agency="AFP"),
        copyright=Copyright(notice="© Agence France-Presse", holder="Agence France-Presse"),
    ),
    Convention(
        name="dpa, English service",
        content=f"""bdt0345 3 pl 420 dpa 0712

Port of Lundby reopens after fire
By Jane Doe, dpa

Lundby (dpa) - {FIRST}

{SECOND}

dpa jd yyzz n1 mm""",
        body=STORY,
        headline="Port of Lundby reopens after fire",
        byline=("Jane Doe",),
        dateline=Dateline(place="Lundby", agency="dpa"),
        slug="pl 420 dpa 0712",
    ),
    Convention(
        name="Xinhua",
        content=f"""Port of Lundby reopens after fire

LUNDBY, Sweden, March 1 (Xinhua) -- {FIRST}

{SECOND} Enditem""",
        body=STORY,
        headline="Port of Lundby reopens after fire",
        dateline=Dateline(place="LUNDBY, Sweden", date="March 1", agency="Xinhua"),
    ),
    Convention(
        name="PR Newswire",
        content=f"""Acme reopens its pier at Lundby

LUNDBY, Sweden, March 1, 2016 /PRNewswire/ -- {FIRST}

{SECOND}

Photo - https://example.com/pier.jpg

View original content to download multimedia: https://www.example.com/news/1.html

SOURCE Acme Corp.""",
        body=STORY,
        headline="Acme reopens its pier at Lundby",
        dateline=Dateline(place="LUNDBY, Sweden", date="March 1, 2016", agency="PRNewswire"),
        credits=("SOURCE Acme Corp.",),
    ),
    Convention(
        name="Business Wire",
        content=f"""LUNDBY, Sweden--(BUSINESS WIRE)--{FIRST}

{SECOND}

View source version on businesswire.com: https://www.example.com/news/2/en/""",
        given_headline="Acme reopens its pier at Lundby",
        body=STORY,
        headline="Acme reopens its pier at Lundby",
        dateline=Dateline(place="LUNDBY, Sweden", agency="BUSINESS WIRE"),
    ),
    Convention(
        name="GlobeNewswire",
        content=f"""LUNDBY, Sweden, March 01, 2016 (GLOBE NEWSWIRE) -- {FIRST}

{SECOND}""",
        given_headline="Acme reopens its pier at Lundby",
        body=STORY,
        headline="Acme reopens its pier at Lundby",
        dateline=Dateline(place="LUNDBY, Sweden", date="March 01, 2016", agency="GLOBE NEWSWIRE"),
    ),
    Convention(
        name="BNO News, by mail",
        content=f"""Port of Lundby reopens after fire

LUNDBY, SWEDEN (BNO NEWS) -- {FIRST}

{SECOND}

(Copyright 2012 by BNO News B.V. All rights reserved. Info: sales@example.com.)""",
        body=STORY,
        headline="Port of Lundby reopens after fire",
        dateline=Dateline(place="LUNDBY, SWEDEN", agency="BNO NEWS"),
        copyright=Copyright(
            notice="(Copyright 2012 by BNO News B.V. All rights reserved. Info: sales@example.com.)",
            holder="BNO News B.V.",
            year=2012,
            contact="sales@example.com",
        ),
    ),
    Convention(
        name="UPI",
        content=f"""March 1 (UPI) -- {FIRST}

{SECOND}""",
        given_headline="Port of Lundby reopens after fire",
        body=STORY,
        headline="Port of Lundby reopens after fire",
        dateline=Dateline(date="March 1", agency="UPI"),
    ),
    Convention(
        name="PTI",
        content=f"""New Delhi, Mar 1 (PTI) {FIRST}

{SECOND}

PTI JDO JRO MM MM""",
        given_headline="Port of Lundby reopens after fire",
        body=STORY,
        headline="Port of Lundby reopens after fire",
        dateline=Dateline(place="New Delhi", date="Mar 1", agency="PTI"),
    ),
    Convention(
        name="TASS",
        content=f"""MOSCOW, March 1. /TASS/. {FIRST}

{SECOND}""",
        given_headline="Port of Lundby reopens after fire",
        body=STORY,
        headline="Port of Lundby reopens after fire",
        dateline=Dateline(place="MOSCOW", date="March 1", agency="TASS"),
    ),
    Convention(
        name="A newspaper's site",
        content=f"""Port of Lundby reopens after fire
By Jane Doe and John Roe, The Lundby Times
Published: March 1, 2016 10:15 GMT

Advertisement

LUNDBY, Sweden — {FIRST}

Read more: What we know about the fire

{SECOND}

Photo: Max Muster/Getty Images

Follow Jane Doe on Twitter: @janedoe

Sign up for our daily newsletter

Share this article on Facebook

© 2016 The Lundby Times Company""",
        body=STORY,
        headline="Port of Lundby reopens after fire",
        byline=("Jane Doe", "John Roe"),
        dateline=Dateline(place="LUNDBY, Sweden"),
        credits=("Max Muster/Getty Images",),
        copyright=Copyright(
            notice="© 2016 The Lundby Times Company", holder="The Lundby Times Company", year=2016
        ),
    ),
    Convention(
        name="Kyodo, from its own correspondent",
        content=f"""FOCUS: Port of Lundby reopens after fire
By Jane Doe
TOKYO, March 1 Kyodo - {FIRST}

{SECOND}
==Kyodo""",
        body=STORY,
        headline="FOCUS: Port of Lundby reopens after fire",
        byline=("Jane Doe",),
        dateline=Dateline(place="TOKYO", date="March 1", agency="Kyodo"),
    ),
    Convention(
        name="Yonhap",
        content=f"""SEOUL, March 1 (Yonhap) -- {FIRST}

{SECOND}
(END)""",
        given_headline="Port of Lundby reopens after fire",
        body=STORY,
        headline="Port of Lundby reopens after fire",
        dateline=Dateline(place="SEOUL", date="March 1", agency="Yonhap"),
    ),
)
