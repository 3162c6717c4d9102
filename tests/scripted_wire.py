"""A wire of our own: what wires send, item by item, and what is to become of each.

An outcome is written as it would be told: `update of a1` (relation and what it follows), `exact of
a1` (a copy, of its kind, and its original), `canceled: a1 b1` (a withdrawal and whom it reaches),
`original`. Items are named by their `source_id`, whose first letter is their wire.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Item:
    """One delivery and its expected outcome; `fields` are those of `RawArticle`."""

    name: str
    outcome: str
    headline: str
    text: str
    fields: dict[str, Any] = field(default_factory=dict)


FERRY = (
    "A ferry with {n} people on board ran aground off the island of Harno on Monday in thick fog, "
    "the coast guard said.\n\nAll passengers were taken off by helicopter and {m} of them were "
    "treated for cold. The captain, a man of 52 with long experience on the route, told "
    "investigators that the radar had failed minutes before.\n\nThe company that runs the line "
    "said that the vessel had been inspected in April and found in good order."
)
MINE = (
    "Miners at the Kestrel copper pit in northern Zamora voted on Tuesday to end a strike of {n} "
    "days after the owner offered a raise of {m} percent.\n\nThe union called the agreement a "
    "first step, and said that talks on safety underground would begin within a month.\n\nThe "
    "pit produces 80,000 tonnes a year, a tenth of what the country exports."
)
VOTE = (
    "Voters in Eastmark chose the former judge Ilse Brandt as mayor on Sunday with {n} percent of "
    "the vote, ahead of the builder Tomas Rehn.\n\nBrandt promised to reopen the harbour line and "
    "to publish every contract of the city. Rehn said that he would not contest the result.\n\n"
    "Turnout was {m} percent, the highest since the war."
)
BANK = (
    "The central bank of Norland left its key rate at {n} percent on Wednesday, as all economists "
    "had expected, and said that inflation was falling more slowly than hoped.\n\nGovernor Pia "
    "Lund told reporters that the next step could be in either direction. The crown rose to {m} "
    "to the euro after the decision."
)
FIRE = (
    "A fire destroyed the timber store of the Halden mill in the early hours of Thursday, the "
    "fire brigade said. {n} engines were at the scene until noon.\n\nNobody was hurt. Police are "
    "looking for a van that was seen at the gate shortly before {m} o'clock, and asked drivers "
    "who passed the mill to come forward."
)
TRIAL = (
    "A court in Westhaven found the former treasurer Olaf Krim guilty of fraud on Friday and "
    "sentenced him to {n} years in prison.\n\nKrim had moved {m} million crowns of the pension "
    "fund to accounts of his own, the judge said, and had shown no remorse. His lawyer said that "
    "he would appeal within a week."
)
STORM = (
    "Gusts of up to {n} kilometres an hour tore roofs from houses in the valley of Odda on "
    "Saturday and cut the power of {m} homes, the utility said.\n\nRoads were blocked by trees "
    "and the railway stopped all trains until Sunday. Forecasters expect the wind to ease by the "
    "evening before a second storm reaches the coast on Tuesday."
)
LAB = (
    "Researchers at the institute in Lindby said on Monday that they had grown a retina of {n} "
    "layers from skin cells, which could spare patients a transplant.\n\nThe tissue answered to "
    "light for {m} weeks, according to the study, which has not been reviewed yet. Trials with "
    "patients are years away, the authors wrote."
)
BRIEF = "Qtly div {n} cts vs {n} cts prior\nPay April {m}\nRecord March 31"


def _text(template: str, n: object, m: object) -> str:
    return template.format(n=n, m=m)


FERRY_1 = _text(FERRY, 143, 12)
MINE_1 = _text(MINE, 41, 6)
VOTE_1 = _text(VOTE, 53, 71)
BANK_1 = _text(BANK, 4.5, 11.32)
FIRE_1 = _text(FIRE, 14, 3)
TRIAL_1 = _text(TRIAL, 7, 48)
STORM_1 = _text(STORM, 140, "22,000")
LAB_1 = _text(LAB, 6, 10)
LEAD_ONLY = FERRY_1.split("\n\n")[0] + "\n\n" + FERRY_1.split("\n\n")[1]

WIRE: tuple[Item, ...] = (
    # A story with updates, copies, a refile and a repeat, all items with ids of their own.
    Item("a1", "original", "Ferry aground off Harno", FERRY_1),
    Item("b1", "exact of a1", "Fog: ferry runs aground", FERRY_1),
    Item("b2", "abridged of a1", "Ferry runs aground off island", LEAD_ONLY),
    Item("a2", "update of a1", "UPDATE 1-Ferry aground off Harno", _text(FERRY, 145, 12)),
    Item("a3", "update of a2", "UPDATE 2-Ferry aground off Harno", _text(FERRY, 145, 15)),
    Item("a4", "correction of a3", "REFILE-UPDATE 2-Ferry aground off Harno", _text(FERRY, 145, 15)),
    Item("a5", "repeat of a3", "REPEAT-Ferry aground off Harno", _text(FERRY, 145, 15)),
    Item("a6", "update of a4", "WRAPUP 3-Ferry aground off Harno", _text(FERRY, 145, 17)),
    Item("c1", "exact of a3", "Ferry aground", _text(FERRY, 145, 15)),
    Item("c2", "update of a6", "Ferry aground", _text(FERRY, 145, 17) + (
         "\n\nDivers who went down on Tuesday found a crack as long as a car in the hull and oil in "
         "the bilge, the salvage company said, and tugs will try to free the vessel at high water.")),
    # One item with versions.
    Item("a10", "original", "Miners end strike", MINE_1, {"version": 1}),
    Item("a10", "update of a10", "Miners end strike", _text(MINE, 41, 7), {"version": 2}),
    Item("a10", "correction of a10", "CORRECTED-Miners end strike", _text(MINE, 42, 7), {"version": 3}),
    Item("a10", "correction of a10", "CORRECTED-Miners end strike", _text(MINE, 43, 7), {"version": 4}),
    Item("b10", "exact of a10", "Strike over at copper pit", MINE_1),
    Item("a10", "correction of a10", "Miners end strike", _text(MINE, 43, 8),
         {"version": 5, "editorial_note": "CORRECTS raise in paragraph 1"}),
    Item("a10", "update of a10", "Miners end strike", _text(MINE, 43, 8) + "\n\nWork began at six.",
         {"version": 6, "editorial_note": "Adds start of work"}),
    # Corrections that name their base, or whose base never came.
    Item("a20", "original", "Judge wins mayoral race", VOTE_1),
    Item("a21", "correction of a20", "CORRECTION: Turnout in Eastmark",
         "The turnout was 17 percent, not 71 percent as was reported in error.",
         {"target_id": "a20"}),
    Item("a22", "correction of a20", "CORRECTED-Judge wins mayoral race", _text(VOTE, 53, 17)),
    Item("a23", "original", "CORRECTED-Lake reopens for bathing", "The lake of Murn may be bathed "
         "in from Monday on, the health office said after tests of the water."),
    Item("a24", "original", "UPDATE 4-Talks on fish quotas go on", "Ministers went on talking about "
         "quotas for cod and herring late into the night, diplomats said."),
    Item("b20", "exact of a20", "Brandt elected", VOTE_1),
    # Leads, writethroughs and takes, as slugs mark them.
    Item("a30", "original", "Rate left unchanged", BANK_1, {"slug": "AM-BANK"}),
    Item("a31", "update of a30", "Rate left unchanged, crown rises", _text(BANK, 4.5, 11.29),
         {"slug": "AM-BANK-1STLD"}),
    Item("a32", "update of a31", "Rate left unchanged, crown rises", _text(BANK, 4.5, 11.21),
         {"slug": "AM-BANK-2NDLD (WRITETHROUGH)"}),
    Item("a33", "update of a32", "Rate left unchanged, crown rises", _text(BANK, 4.5, 11.21),
         {"slug": "AM-BANK, 3rd Ld-Writethru"}),
    Item("a34", "update of a33", "Rate left unchanged, crown rises =2", "Lund said that the bank "
         "would publish the minutes of its meeting in two weeks.", {"slug": "AM-BANK, TAKE 2"}),
    # Kills by status, by id, by number and by title; what comes after a kill.
    Item("a40", "original", "Timber store burns down", FIRE_1, {"version": 1}),
    Item("b40", "exact of a40", "Mill on fire", FIRE_1),
    Item("a40", "canceled: a40 b40", "", "", {"version": 2, "status": "canceled"}),
    Item("c40", "canceled: c40", "Mill burns", FIRE_1),
    Item("a40", "canceled: a40", "Timber store burns down", _text(FIRE, 15, 3), {"version": 3}),
    Item("a50", "original", "Treasurer found guilty", TRIAL_1),
    Item("a51", "canceled: a50", "KILL", "Kill the item named.",
         {"status": "canceled", "target_id": "a50"}),
    Item("b50", "canceled: b50", "Former treasurer goes to prison", TRIAL_1),
    Item("a60", "original", "Storm cuts power of valley", STORM_1),
    Item("b60", "exact of a60", "Power cut", STORM_1),
    Item("a61", "canceled: a60 b60", "KILL KILL KILL",
         "Please kill item No. a60 on the storm in Odda. It was sent in error."),
    Item("a70", "original", "Retina grown from skin", LAB_1),
    Item("a71", "canceled: a70", "KILL - Retina grown from skin",
         "The story is wrong and must not be used."),
    Item("c70", "canceled: c70", "Retina grown", LAB_1),
    Item("a72", "original", "Choir tours the north", "The choir of Lindby sings in nine churches of "
         "the north in May, among them the stave church of Urnes."),
    Item("a73", "canceled: a72", "STORY WITHDRAWN", 'The story "Choir tours the north" is withdrawn '
         "because the tour was cancelled."),
    Item("a74", "canceled:", "", "", {"status": "canceled", "target_id": "never-seen"}),
    Item("a75", "canceled:", "", "", {"status": "canceled"}),
    Item("a75", "canceled: a75", "Late after its kill", "An item whose kill came before it did."),
    # Holds.
    Item("a80", "original", "Bridge to close for a year", "The bridge over the Senn closes for a year "
         "from March on, the county said, because its cables have rusted.", {"version": 1}),
    Item("b80", "exact of a80", "Bridge closes", "The bridge over the Senn closes for a year from "
         "March on, the county said, because its cables have rusted."),
    Item("a80", "withheld: a80 b80", "", "", {"version": 2, "status": "withheld"}),
    Item("c80", "withheld: c80", "Bridge", "The bridge over the Senn closes for a year from March on, "
         "the county said, because its cables have rusted."),
    Item("a80", "update of a80", "Bridge to close for a year", "The bridge over the Senn closes for "
         "two years from March on, the county said, because its cables have rusted.", {"version": 3}),
    Item("a85", "original", "Singer cancels concert", "The singer Mara Voss has cancelled her concert "
         "in Eastmark on Saturday because of a cold, her agent said."),
    Item("a86", "withheld: a85", "HOLD HOLD HOLD Singer cancels concert",
         "Please hold. A new version follows."),
    # Embargoes are no versions.
    Item("a90", "original", "Budget to grow", "The budget of the county grows by three percent next "
         "year, most of it for schools, the treasurer will say on Tuesday.",
         {"embargo_until": "2026-01-03T10:00:00Z", "slug": "AM-BUDGET (EMBARGOED)"}),
    Item("b90", "exact of a90", "EMBARGOED: Budget to grow", "The budget of the county grows by three "
         "percent next year, most of it for schools, the treasurer will say on Tuesday.",
         {"embargo_until": "2026-01-03T10:00:00Z"}),
    # Words that are no markers.
    Item("a100", "original", "WEEDKILLER BAN TO START IN MAY", "Farmers may not use the weedkiller "
         "paraquat from May on, the ministry of agriculture said.", {"slug": "WEEDKILLER-BAN"}),
    Item("a101", "original", "Corrected vision for all schoolchildren", "Every child gets glasses that "
         "fit, the school board decided on Monday evening.", {"slug": "VISION"}),
    Item("a102", "original", "MARKET CORRECTION SEEN BY ANALYSTS", "Shares are too dear by a tenth, "
         "according to a survey of fund managers.", {"slug": "BC-MARKET-CORRECTION"}),
    Item("a103", "original", "Update on the harbour works", "The harbour works are on time and the "
         "quay will be ready in autumn, the builder said."),
    Item("a104", "original", "Hold your breath: divers set record", "Two divers stayed under water for "
         "eleven minutes in a pool in Lindby."),
    Item("a105", "original", "KILLER WHALES RETURN TO BAY", "A family of killer whales has returned to "
         "the bay of Odda after seven years, the aquarium said."),
    # Two companies, one template; and bodies of three words.
    Item("a110", "original", "Acme Corp <ACM> sets dividend", BRIEF.format(n=12, m=15)),
    Item("a111", "original", "Bolt Inc <BLT> sets dividend", BRIEF.format(n=7, m=20)),
    Item("a112", "original", "Corto Ltd <CRT> sets dividend", BRIEF.format(n=12, m=15)),
    Item("b110", "exact of a110", "Acme Corp <ACM> sets dividend", BRIEF.format(n=12, m=15)),
    Item("a113", "original", "Flash: mayor resigns", "More to follow"),
    Item("a114", "original", "Flash: quake in Urnes", "More to follow"),
    # Two articles with one id and version: the second is a version, and is not lost.
    Item("a120", "original", "Tram line opens", "The new tram line from Lindby to the airport opens on "
         "Friday with free rides for all.", {"version": 1}),
    Item("a120", "update of a120", "Tram line opens", "The new tram line from Lindby to the airport "
         "opens on Sunday with free rides for all.", {"version": 1}),
    Item("a120", "original", "Tram line opens", "The new tram line from Lindby to the airport opens on "
         "Friday with free rides for all.", {"version": 1}),  # a redelivery: the first verdict
    # Times that are wrong or missing.
    Item("a130", "original", "Seed bank moves north", "The seed bank moves to a new cellar in the north, "
         "where the frost keeps it cold for free.", {"received_at": "9999-01-01T00:00:00Z"}),
    Item("b130", "exact of a130", "Seeds", "The seed bank moves to a new cellar in the north, where the "
         "frost keeps it cold for free."),
    Item("a131", "original", "Owls counted", "Volunteers counted 41 owls in the woods of Murn, twice as "
         "many as in the year before.", {"received_at": None}),
    Item("b131", "exact of a131", "Owl count", "Volunteers counted 41 owls in the woods of Murn, twice "
         "as many as in the year before.", {"received_at": None}),
)  # fmt: skip
