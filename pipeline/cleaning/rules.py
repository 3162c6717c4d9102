"""What of a wire article is not its story: one rule a line, each with the example it was made for.

To extend: add a line to `RULES`. The zone says where a rule applies and how it must fit:

- `opening`: the beginning of the text or of one of its first paragraphs; what follows stays
- `head`: a whole line among the first ones
- `tail`: a whole line among the last ones
- `anywhere`: a whole line
- `closing`: the end of the last paragraph; what goes before stays

A language says that a rule is for texts in that language alone. The names of a pattern's groups
are the fields that it fills. A test checks every rule against its example; real sentences that
merely look like one are in `tests/test_cleaning_rules.py` and must stay.

Lines are matched up to `LONGEST_LINE` characters, and no pattern may have two adjoining repetitions
that match the same characters: that keeps the worst line at a few milliseconds
(`benchmarks/cleaning.py` measures it).
"""

import re
from dataclasses import dataclass
from typing import Literal

from schemas.article import RemovedKind

Zone = Literal["opening", "head", "tail", "anywhere", "closing"]

# How many lines or paragraphs, from either end, count as the head and the tail of an article.
HEAD_LINES = 8
TAIL_LINES = 8
# A longer line is a paragraph of the story; agencies' notices have up to 400 characters.
LONGEST_LINE = 500
# How far from the end a closing rule looks, for the same reason.
LONGEST_CLOSING = 400


@dataclass(frozen=True, slots=True)
class Rule:
    """Text like `example`, within `zone`, is of `kind` and no part of the story."""

    kind: RemovedKind
    zone: Zone
    language: str | None
    pattern: re.Pattern[str]
    example: str


def _rule(
    kind: RemovedKind, zone: Zone, pattern: str, example: str, language: str | None = None
) -> Rule:
    end = "" if zone == "opening" else r"\Z"
    return Rule(kind, zone, language, re.compile(f"(?:{pattern}){end}"), example)


# Who files stories, as datelines, signatures and bylines write it.
AGENCIES = (
    "Reuters", "Reuter", "AP", "Associated Press", "AFP", "Agence France-Presse", "dpa", "DPA", "dpa-AFX",
    "Xinhua", "UPI", "United Press International", "BNO News", "BNO NEWS", "BNO", "CNN", "BBC", "PTI", "ANI",
    "IANS", "UNI", "TASS", "ITAR-TASS", "RIA Novosti", "Sputnik", "Interfax", "Ukrinform", "Kyodo", "Kyodo News",
    "Jiji", "Jiji Press", "Yonhap", "KCNA", "EFE", "Europa Press", "ANSA", "Adnkronos", "APA", "ATS", "SDA",
    "Keystone-SDA", "Belga", "ANP", "NTB", "TT", "Ritzau", "STT", "Lusa", "PAP", "CTK", "MTI", "BTA", "Tanjug",
    "Agerpres", "HINA", "LETA", "ELTA", "BNS", "Anadolu", "Anadolu Agency", "AA", "IRNA", "MNA", "Fars", "Tasnim",
    "MENA", "SANA", "WAFA", "KUNA", "QNA", "SPA", "WAM", "Petra", "BERNAMA", "Bernama", "ANTARA", "Antara", "PNA",
    "VNA", "CNA", "APP", "BSS", "NAN", "GNA", "KNA", "AAP", "NZPA", "NZ Newswire", "PA", "PA Media",
    "Press Association", "CP", "The Canadian Press", "Canadian Press", "Presse Canadienne", "NNA", "JTA", "VOA",
    "RFE/RL", "RFI", "DW", "Bloomberg", "Bloomberg News", "Dow Jones", "Dow Jones Newswires", "MarketWatch",
    "Telam", "Télam", "Notimex", "Prensa Latina", "Agencia Brasil", "Agência Brasil", "Estadão Conteúdo",
    "Thomson Reuters Foundation", "Reuters Breakingviews", "Reuters Health", "IFR", "Inter Press Service", "IPS",
    "Religion News Service", "RNS", "StatePoint", "NewsUSA", "CNS", "Tribune News Service", "TNS", "UN News",
    "PRNewswire", "PRNewswire-FirstCall", "PR Newswire", "BUSINESS WIRE", "Business Wire", "BUSINESSWIRE",
    "GLOBE NEWSWIRE", "GlobeNewswire", "ACCESSWIRE", "ACCESS Newswire", "MARKETWIRED", "Marketwire", "Newsfile",
    "Newsfile Corp.", "CNW", "EQS", "PRWEB", "EIN Presswire", "ots", "news aktuell",
)  # fmt: skip


def _any_of(words: tuple[str, ...]) -> str:
    return "|".join(
        re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word))
    )


# fmt: off
# Pieces of patterns.
_UPPER = "".join(chr(code) for code in range(0x41, 0x530) if chr(code).isupper())
_U = f"[{re.escape(_UPPER)}]"                                      # a capital
_WORD = rf"{_U}(?:-?[\w.'’/&])*+"                                  # a word that begins with a capital
_CAPS = rf"{_U}(?:-?[{re.escape(_UPPER)}.'’`/])++(?![^\W\d_])"          # a word in capitals
_CAPS_CITY = rf"(?:(?:Mc|Mac|DE|Mt\. |St\. )?{_CAPS})(?:[ ]{_CAPS}){{0,4}}"
_CITY = rf"(?![^,\n]{{0,24}}\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b){_WORD}(?:[ ](?:{_WORD}|of|de|du|la|the|am|del|del|and|city|paz)){{0,4}}"
_REGION = rf"(?:[Tt]he )?{_WORD}(?: (?:of |and |de )?{_WORD}){{0,3}}"
_REGIONS = rf"(?: ?,[,.]? ?{_REGION}){{0,2}}?(?: {_U}[a-z]{{1,5}}\.?)?"        # "FARMINGTON Conn." lacks its comma
_MONTH = r"(?i:jan(?:uary|uar|vier|\.)?|feb(?:ruary|ruar|\.)?|f[ée]v(?:rier|\.)?|mar(?:ch|c|s|zo|\.)?|märz|mach|narch|apr(?:il|i|\.)?|avr(?:il|\.)?|abr(?:il|\.)?|may|mai|mayo|june?|juin|juni|junio|july?|juillet|juli|julio|aug(?:ust|\.)?|ao[uû]t|ago(?:sto|\.)?|sept?(?:ember|embre|iembre|\.)?|o[ck]t(?:ober|obre|ubre|\.)?|nov(?:ember|embre|iembre|\.)?|de[cz](?:ember|\.)?|d[ée]c(?:embre|\.)?|dic(?:iembre|\.)?|ene(?:ro|\.)?)"
_DATE = rf"(?:(?:{_MONTH}\.? {{0,3}}\d{{1,3}}|\d{{1,2}}(?:er|\.)?(?: de)? {_MONTH}\.?)(?:,? (?:19|20)\d\d)?)"
_DASH = r"(?:[ ,.]{0,3}(?:---?|[-–—―:_]|\.-)(?= |\Z)|[ ]?(?:--|—|–)(?=[^\s-]))"
_AGENCY = _any_of(AGENCIES)
_LONG_AGENCY = _any_of(tuple(name for name in AGENCIES if len(name) > 2 or name == "AP"))   # "PA" may end a table
_ANY_AGENCY = rf"{_U}[\w .&’'/-]{{1,30}}"
_NAME = rf"(?:{_U}[\w.'’-]*+|@\w++)"                                # a word of a name, or a handle
_CREDITED = rf"{_NAME}(?:(?: ?[/|,&•–] ?| )(?:{_NAME}|via|and|for|of|the|dpa|epa|picture[ -]alliance)){{0,9}}"
_HOLDER = rf"(?:[Tt]he |\W{{0,2}})?{_U}[\w.'’!-]*(?:(?:, ?| & | | and | of | for | the | und | / ?){_U}[\w.'’!-]*){{0,9}}?"
_RIGHTS = r"(?i:all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|tutti i diritti riservati|this material may not|no part of|unauthori[sz]ed|reproduction|redistribution|republication|distributed by|click for restrictions|info:|contact:|visit|used (?:with|by) permission|the information contained)"
_MARK = r"(?i:copyright|©|\(c\))(?i:[ :]{0,2}(?:©|\(c\)|copyright))?"

RULES: tuple[Rule, ...] = (
    # What a wire's machinery puts first: category codes, message number, priority and slug.
    _rule("slug", "opening", r"(?:[A-Z]{1,2}(?: [A-Z]{1,2}){0,12}[ \t]{0,3}[ \n])?\W{0,3}[a-z]{1,2}\d{4}\W?reuter?\w?[ \t]{0,3}(?:[ \n](?P<priority>[a-z]{1,2}) [a-z] +(?P<slug>\S.{1,40}?) +\d\d-\d\d(?: \d{1,4})?)?(?=[ \t]{0,8}(?:\n|\Z))", "C T\nf0704reute\nu f BC-BAHIA-COCOA-REVIEW   02-26 0105\nRAIN"),
    _rule("slug", "head", r"(?P<priority>[a-z]{1,2}) [a-z] +(?P<slug>(?:BC|AM|PM)-.{1,60}?|\S.{1,60}(?= \d\d-\d\d))(?: +\d\d-\d\d(?: \d{1,4})?)?", "r f BC-STANDARD-OIL-<SRD>-TO   02-26 0082"),
    _rule("slug", "head", r"\^?(?P<slug>(?:BC|AM|PM)-(?:[\w'’<>./&*+-]{2,60}|[^,]{2,60}(?=,)))(?:,.{0,80})?<?", "^BC-US--Budget Talks,2nd Ld-Writethru,0512<"),
    _rule("slug", "head", r"[a-z]\d{4}(?: \d\d-\d\d(?: \d{4})?)?", "a0543 03-01 0710"),
    _rule("slug", "head", r"(?:[a-z]{3})\d{3,4} \d (?P<slug>[a-z]{2,3} \d{2,4} .{3,60})", "bdt0345 3 pl 420 dpa 0712"),
    _rule("slug", "head", r"(?P<slug>[A-Z0-9]{2,20}(?:-[A-Z0-9]{2,20}){1,4}/[A-Z0-9-]{0,30})(?: ?\([^()]{2,60}\))*", "USA-FED/RATES (UPDATE 3, PIX, GRAPHIC)"),
    _rule("slug", "head", r"\W*(?:URGENT|BULLETIN|FLASH|NEWS ?ALERT|BREAKING NEWS|ALERT|NEWSBREAK|ADVISORY|SNAP)\W*", "***URGENT***"),
    _rule("slug", "head", r"(?:\d?1st|\d?2nd|\d?3rd|\d{0,2}[4-9]th) (?i:ld|lead|add|take)(?:[ -](?i:writethr[ou]+(?:gh)?))?(?:, ?[\w ]{1,20})?", "2nd Ld-Writethru"),
    _rule("slug", "head", r"(?i:slug(?:line)?|keywords?|stichw[oö]rter): ?(?P<slug>.{2,120})", "Slug: BC-Budget-Talks"),
    _rule("slug", "head", r"(?=[^#]{0,20}#)[\W\d]{4,24}", "^! 16#838#"),
    _rule("slug", "head", r"\d{1,2}-[A-Z]{3}-\d{4} \d\d:\d\d(?::\d\d(?:\.\d\d)?)?", "26-FEB-1987 15:01:01.79"),

    # Who wrote it.
    _rule("byline", "head", r"(?i:(?:(?:story|article|report|words|text) |(?:written|reported) )?by)(?: by)?:? (?P<byline>\S.{2,160})", "By JANE DOE and JOHN ROE, Associated Press Writers", "en"),
    _rule("byline", "head", r"From (?P<byline>\S.{4,80}) in [A-Z][\w ,]{2,30}", "From Jane Doe in Kabul", "en"),
    _rule("byline", "head", r"(?i:von) (?P<byline>\S.{2,120})", "Von Jana Muster, dpa", "de"),
    _rule("byline", "head", r"(?i:par) (?P<byline>\S.{2,120})", "Par Jeanne Dupont avec AFP", "fr"),
    _rule("byline", "head", r"(?i:por) (?P<byline>\S.{2,120})", "Por Juana Pérez y Juan Gómez", "es"),
    _rule("byline", "head", rf"(?P<byline>{_NAME}(?:,? (?:{_NAME}|and|AND|van|de|la|bin|al)){{1,9}}?),? (?:[Tt]he )?(?:{_AGENCY})", "JANE DOE and JOHN ROE, Associated Press"),
    _rule("byline", "head", rf"(?:[Tt]he )?(?:{_AGENCY})(?: [A-Z]\w+){{0,2}} (?i:writers?|correspondents?|staff|reporters?)", "AP Business Writer", "en"),
    _rule("byline", "head", r"(?i:(?:senior |special )?(?:staff|sports|business|political|science|medical|foreign|national|chief) (?:writers?|correspondents?|reporters?))", "Staff Writer", "en"),

    # Where it was filed, when, and for whom. The most specific first.
    _rule("dateline", "opening", rf"\*{{0,4}}(?P<place>{_CITY}{_REGIONS})(?: ?[.,]{{1,3}} ?(?:- ?)?| |(?<=\.) - )(?P<date>{_DATE})[,.]? {{0,2}}[(/] ?(?P<agency>{_ANY_AGENCY}|dpa|ots) ?[)/]{_DASH}", "BEIJING, March 1 (Xinhua) -- Prices"),
    _rule("dateline", "opening", rf"\*{{0,4}}(?P<place>{_CITY}{_REGIONS})(?: ?[.,]{{1,3}} ?(?:- ?)?| |(?<=\.) - )(?P<date>{_DATE})[,.]? {{0,2}}[(/] ?(?P<agency>{_AGENCY}) ?[)/][.:]?(?= |\Z)", "New Delhi, Mar 1 (PTI) Prices"),
    _rule("dateline", "opening", rf"\*{{0,4}}(?P<place>{_CITY}{_REGIONS})(?: ?[.,]{{1,3}} {{0,2}}(?:- ?)?| |(?<=\.) - )(?P<date>{_DATE})(?:,? (?P<agency>{_AGENCY}))?{_DASH}", "SANTIAGO, Chile, Feb 26 - Prices"),
    _rule("dateline", "opening", rf"\*{{0,4}}(?P<place>{_CAPS_CITY}{_REGIONS}), (?P<date>[A-Z][A-Za-z]{{2,8}} {{0,2}}[\dOl]{{1,2}})(?:,? (?P<agency>{_AGENCY}))?{_DASH}", "NEW YORK, Narch 2 - Prices"),
    _rule("dateline", "opening", rf"(?P<place>{_CITY}(?:, {_REGION}){{0,2}}?),? ?[/(] ?(?P<agency>{_AGENCY}) ?[/)] ?(?P<date>{_DATE}) ?[/)]?(?:{_DASH}|[ ]?(?=[ /]))/?", "LONDON, UK / ACCESSWIRE / March 1, 2024 / Acme"),
    _rule("dateline", "opening", rf"(?P<place>{_CITY}(?:, {_REGION}){{0,2}}?),? ?(?:--|—|–)? ?[(/\[] ?(?P<agency>{_AGENCY})(?:/\w{{2,12}})? ?[)/\]]{_DASH}(?= ?[^\W_a-z]| ?[\"“'‘«<($€£])", "MAKHACHKALA, Russia (AP) — Prices"),
    _rule("dateline", "opening", rf"(?P<place>{_CAPS_CITY}(?:, {_REGION}){{0,2}}?) ?\((?P<agency>{_AGENCY})\)(?= [\"“]?{_U})", "LAGOS, Nigeria (NAN) Prices"),
    _rule("dateline", "opening", rf"(?P<place>{_CITY}(?:, {_REGION}){{0,2}}?) \| (?P<agency>{_AGENCY}) \| (?P<date>[\w ./]{{6,24}}) [-–—](?= )", "Paris, France | AFP | Tuesday 3/1/2016 - Prices"),
    _rule("dateline", "opening", rf"(?P<place>{_CAPS_CITY}(?:, {_REGION}){{0,2}}?) ?\((?P<agency>{_ANY_AGENCY})\) ?(?:--|—|–)(?= )", "KAMPALA, Uganda (New Vision) — Prices"),
    _rule("dateline", "opening", rf"(?P<date>{_DATE}) [(/](?P<agency>{_AGENCY})[)/]{_DASH}", "March 1 (Reuters) - Prices"),
    _rule("dateline", "opening", rf"\((?P<agency>{_AGENCY})\) ?[-–—]{{1,2}} (?P<place>{_CITY}),? (?P<date>\d{{1,2}} [A-Z]{{3}}|{_DATE})\.? ?[-–—]", "(ANSA) - ROME, 01 MAR - Prices"),
    _rule("dateline", "opening", rf"[(/](?P<agency>{_AGENCY})[)/](?:[ ]?(?:--|[-–—]))(?=[ \w])", "(Reuters) - Prices"),
    _rule("dateline", "opening", rf"(?!{_U}\.{_U}|(?:NATO|OPEC|FIFA|UEFA|UNESCO|UNICEF|COVID|ISIS|NASA|ASEAN|BREAKING|ANALYSIS|OPINION|EXCLUSIVE|UPDATED?|CORRECT|WATCH|VIDEO|PHOTOS?|FACTBOX|TIMELINE|NEWS|LIVE|NOTE|EDITOR|ADVISORY|EXPLAINER|INTERVIEW|FEATURE|COMMENT|REVIEW|SUMMARY|BACKGROUND|QUOTE|TODAY|HIGHLIGHT|KEY|WHAT|WHO|WHY|HOW)[\w-]*\b)(?P<place>{_CAPS_CITY}(?:, {_REGION}){{0,2}}?) ?(?:--|—|–)(?: (?=[\"“'‘]?{_U})|(?=[\"“'‘]?{_U}[^\W\d_A-Z]))", "WASHINGTON — Prices"),
    _rule("dateline", "opening", rf"(?P<place>{_CAPS_CITY}(?:, {_REGION}){{1,2}}?) -(?= [\"“]?{_U}[a-zà-ÿ]+ )", "BAGUIO, Philippines - Prices rose"),
    _rule("dateline", "opening", rf"(?!{_U}\.{_U})(?P<place>{_CAPS}(?: {_CAPS})?) -(?= [\"“]?{_U}[a-zà-ÿ]+ [a-z])", "MANILA - Prices rose"),

    # What desks tell each other.
    _rule("editorial_note", "anywhere", r"\((?P<note>(?i:adds?|updates?|updated|updating (?=with|to|story|headline)|recasts?|correct(?:s|ed|ing)|refil(?:es?|ing|ed)|repeats?|repeated|repeating (?=to|for|with|story)|rewrites?|removes?|deletes?|drops?|clarif(?:ies|ied)|changes|fixes|inserts?|restores?|trims?|edits|writes? ?thru|releads?|subs|with (?:(?:AP|AFP|video|updated) )?(?:photos?|graphics?|pictures?|video)|new throughout)\b(?! (?:are|were|was|is|will|would|have|has|had|may|can|could|must|that)\b)[ ,:;.]?.{0,400}?)\)\.?", "(Adds quotes, background)", "en"),
    _rule("editorial_note", "anywhere", r"\(?(?P<note>(?:This|The) (?:(?:[A-Z]\w+\.? \d{1,2}|[a-z]+) ){0,2}(?i:story|article|report|item|version|headline|dispatch)(?: \w+){0,8}? (?:has been|have been|was|is being|is) (?:officially )?(?:corrected|updated|refiled|clarified|amended|repeated)\b.{0,400}?)\)?", "(This March 1 story has been corrected to fix a name in paragraph 3)", "en"),
    _rule("editorial_note", "anywhere", r"\(?(?P<note>This (?:story|article|report) was (?:first|originally) published .{3,80}?\. It (?:has been|was) (?:updated|corrected)\b.{0,300}?)\)?", "This story was first published on March 1. It has been updated to correct the year.", "en"),
    _rule("editorial_note", "anywhere", r"[(\[]?(?P<note>(?:EDS?|Eds|EDITORS|(?i:editor(?:s|[’']s|s[’'])? note(?: to (?:readers|editors))?))\.? ?(?::| [-–—]{1,2}) .{3,450}?)[)\]]?", "EDS: SUBS 3rd graf to correct the amount.", "en"),
    _rule("editorial_note", "anywhere", r"\(?(?P<note>(?i:note to (?:all )?editors|attention,? (?:all )?editors|notes? for editors|advisory to editors|anmerkung der redaktion|achtung redaktionen|note aux? rédactions?)\W{1,3}.{3,450}?)\)?", "Note to editors: contains strong language."),
    _rule("editorial_note", "anywhere", r"(?:--? ?|\()(?P<note>(?i:correct(?:s|ing)) .{3,300}?)\)?\.?", "--corrects year of loss", "en"),
    _rule("editorial_note", "tail", r"(?P<note>(?:CORRECTION|Correction|CLARIFICATION|Clarification)(?: \([^()]{3,40}\))?: .{10,450})", "Correction: An earlier version of this story misstated the year.", "en"),

    # Who owns it.
    _rule("copyright", "anywhere", rf"[(\[]?{_MARK},? ?(?P<year>(?:19|20)\d\d)(?: ?[-–] ?(?:19|20)?\d\d)?,?(?: by| ©)? (?P<holder>{_HOLDER})(?:[.,;:]? {_RIGHTS}.*?)??(?P<contact>(?: (?i:info|contact|e-?mail)\W{{1,2}})? ?[\w.+-]{{2,40}}@[\w-]{{2,40}}(?:\.[\w-]{{2,20}}){{1,3}})?[.)\]]*", "(Copyright 2015 by BNO News B.V. All rights reserved. Info: sales@bnonews.com.)"),
    _rule("copyright", "anywhere", rf"[(\[]?{_MARK},? (?:by )?(?P<holder>{_HOLDER}),? (?P<year>(?:19|20)\d\d)(?:[.,;]? {_RIGHTS}.*)?[.)\]]*", "(c) Copyright Thomson Reuters 2024. Click For Restrictions - https://example.com/copyright"),
    _rule("copyright", "anywhere", rf"[(\[]?(?:{_MARK},? (?:by )?(?P<holder>{_HOLDER})[.,;]? {_RIGHTS}.*|© ?(?P<owner>{_HOLDER}))[.)\]]*", "Copyright The Associated Press. All rights reserved."),
    _rule("copyright", "anywhere", r"\(?(?i:all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados)(?:[.!]? (?i:this material|no part|reproduction|unauthori[sz]ed|redistribution|republication|distributed|used) .{0,400})?\W{0,2}", "All rights reserved. This material may not be published, broadcast, rewritten or redistributed."),
    _rule("copyright", "tail", r"(?:This material may not be (?:published|reproduced|broadcast)|Reproduction (?:in whole or in part )?(?:without permission )?is|Republication or redistribution of)[ ,].{3,400}", "This material may not be published, broadcast, rewritten or redistributed.", "en"),
    _rule("copyright", "tail", r"©? ?(?P<holder>dpa(?:-\w+)?), (?:dpa|dpa-\w+):\d{6}-\d{2,5}-\d{4,6}/\d{1,2}", "© dpa-infocom, dpa:240301-99-123456/2"),

    # Whose pictures, and who helped.
    _rule("credit", "anywhere", r"(?i:(?:featured |header |main |lead |cover |file |stock )?(?:images?|photos?|photographs?|pictures?|pics?|illustrations?|graphics?|videos?|fotos?|bild(?:er)?|crédit|crédito)[ -]?(?:credits?|courtesy|source|quelle|nachweis|photos?|foto)(?: of)?) ?: ?(?P<credit>[^\s:].{1,120}?)\.?", "Photo credit: Jane Doe, for the city of Rome"),
    _rule("credit", "anywhere", rf"(?i:(?:featured |header |main |file )?(?:images?|photos?|photographs?|pictures?|pics?|illustrations?|graphics?|fotos?|bild(?:er)?|imagen|imagem|foto de archivo)) ?: ?(?P<credit>{_CREDITED})\.?", "Photo: Jane Doe/AFP"),
    _rule("credit", "anywhere", rf"[(\[]?(?i:(?:featured |header |file |stock )?(?:images?|photos?|photographs?|pictures?|illustrations?|graphics?|video)(?: courtesy(?: of)?| credits?(?: to)?| by| from| via| ©)) (?P<credit>{_CREDITED})\.?[)\]]?", "Images Courtesy of DepositPhotos", "en"),
    _rule("credit", "anywhere", rf"(?i:courtesy of |(?:courtesy|credits?): ?)(?P<credit>{_CREDITED})\.?", "Courtesy of Jane Doe", "en"),
    _rule("credit", "anywhere", rf"[(\[]?(?P<credit>(?:AP|AFP|REUTERS|EPA|EPA-EFE|EFE|UPI|Xinhua|dpa|ANI|PTI|ANSA|EPA/EFE|BNO)(?: ?(?i:file )?(?i:photo|images?))?/ ?{_CREDITED})[)\]]?", "(AP Photo/Jane Doe, File)"),
    _rule("credit", "anywhere", rf"[(\[]?(?P<credit>(?:AP|AFP|REUTERS|EPA|UPI|XINHUA) (?i:photo|file photo)(?: ?/ ?{_CREDITED})?)[)\]]?", "AFP PHOTO / JANE DOE"),
    _rule("credit", "anywhere", rf"[(\[©]?(?P<credit>{_CREDITED} ?(?:/|via|\|) ?(?:Getty Images|AFP|AP|Reuters|REUTERS|EPA|Shutterstock|iStock|Alamy|Unsplash|Pixabay|DepositPhotos|Bloomberg|Handout|File Photo|ZUMA|dpa|PA)(?:/[\w -]{{2,30}})?)[)\]]?", "Jane Doe/AFP/Getty Images"),
    _rule("credit", "anywhere", r"\(?(?P<credit>(?i:getty images|shutterstock|istockphoto|depositphotos|associated press photo|ap photo|adobe stock|wikimedia commons|unsplash|file photo|stock image))\)?\.?", "Getty Images"),
    _rule("credit", "anywhere", r"(?i:file photo|file pic(?:ture)?|archivbild|symbolbild): ?.{0,300}?(?P<credit>(?:REUTERS|AFP|AP|EPA)[/ ].{2,60})?", "FILE PHOTO: The central bank in Washington, March 19, 2019. REUTERS/Jane Doe/File Photo"),
    _rule("credit", "tail", r"\((?P<credit>(?i:(?:additional |with )?(?:reporting|writing|editing|compiled|graphics?|translat(?:ed|ion|ing)|produced|production|polling|research)\b.{0,40}? by ).{3,400}?)[.;]?\)?\.?(?: \(\(?.{0,120})?", "(Reporting by Jane Doe in London; Editing by John Roe)", "en"),
    _rule("credit", "tail", rf"(?P<credit>(?i:additional reporting|reporting|writing|editing|compiled|produced|translated) by (?:the )?{_WORD} .{{2,300}}?(?:; ?(?i:editing|writing|additional|reporting|graphics?)\b.{{3,200}})?)[.;]?", "Reporting by Jane Doe; Editing by John Roe and Max Muster", "en"),
    _rule("credit", "tail", r"\(?(?P<credit>.{2,250} contributed (?:to this (?:report|story|article|dispatch)|reporting)(?:,? from .{2,60})?)\.?\)?", "Associated Press writers Jane Doe in Paris and John Roe in Rome contributed to this report.", "en"),
    _rule("signature", "tail", r"\({1,2}[\w.+-]{2,40}@[\w-]{2,40}\.[\w.-]{2,40}[;,)].{0,160}", "((jane.doe@example.com; +44 20 7946 0000; Reuters Messaging: jane.doe))"),
    _rule("credit", "tail", r"(?P<credit>SOURCE:? [A-Z0-9].{1,80})", "SOURCE Acme Corp."),
    _rule("credit", "closing", r"(?<=[.!?\"”’)]) ?\((?P<credit>(?i:(?:additional )?(?:reporting|writing|editing|compiled)(?: and (?:reporting|writing|editing))? by )[^()]{3,300}(?:\([^()]{0,60}\)[^()]{0,100})?)\)\.?", "The bank declined to comment. (Reporting by Jane Doe; Editing by John Roe)", "en"),

    # What the page says, not the author.
    _rule("placeholder", "anywhere", r"(?i:photo of (?:the )?author|author(?:[’']s)? (?:photo|image|avatar)|avatar|profile (?:photo|picture)|photo placeholder|image placeholder)", "Photo of author"),
    _rule("placeholder", "anywhere", r"(?i:\W*(?:advertisements?|sponsored(?: content)?|promoted(?: content)?|ad|paid content|anzeige|werbung|publicité|publicidad)\W*)", "Advertisement"),
    _rule("placeholder", "anywhere", r"(?i:\W*(?:(?:story|article|content|report)s? continues? (?:below|after)(?: (?:this |the )?(?:advertisement|ad|video|gallery|image))?|advertisement\W{1,3}(?:story continues|continue reading|scroll)\b.{0,40}|continue reading (?:below|the main story)|scroll (?:down )?to continue.{0,40})\W*)", "Story continues below advertisement", "en"),
    _rule("placeholder", "anywhere", r"(?i:(?:read more|read also|also read|read next|see also|see more|more on this(?: story)?|related(?: (?:stories|articles|news|content|topics|coverage|links?))?|recommended|you may also like|don[’']t miss|more from|more stories|must read|up next|watch|watch (?:live|more|now|also)|listen|explainer|in pictures|more coverage|further reading)) ?(?::|»|>|\|).{0,200}", "Read more: What we know about the flood", "en"),
    _rule("placeholder", "anywhere", r"(?i:(?:read more|read full (?:story|article)|read the full (?:story|article)(?: here)?|continue reading|keep reading|see also|related (?:stories|articles|news|content|topics|coverage)|recommended(?: for you| stories)?|you may (?:also )?like|more from .{2,40}|most read|most popular|trending(?: now)?|latest news|top stories|editor[’']?s[’']? picks|watch live|show more|load more|view comments|leave a (?:comment|reply)|post a comment|comments(?: \(\d+\))?|\d+ comments?|print|bookmark|share|tweet|copy link|play video|listen to (?:this )?(?:article|story)|loading\W*|\d{1,2} min(?:ute)?s? read)[ :»>→…]{0,3})", "Continue reading", "en"),
    _rule("placeholder", "anywhere", r"(?i:share(?: this)?(?: (?:article|story|post|page|video))?(?: (?:on|via|with|to|by) (?:facebook|twitter|x|whatsapp|linkedin|email|e-mail|telegram|reddit|pinterest|social media|messenger|friends)(?:(?:,| and| or|/)? ?(?:facebook|twitter|x|whatsapp|linkedin|email|telegram|reddit|pinterest)){0,8})?:?|(?:tweet|pin|share|email|print|post|facebook|twitter|whatsapp|linkedin|telegram|reddit|pinterest|copy link|x)(?:(?: \| | / | · |, | )(?:tweet|pin|share|email|print|post|facebook|twitter|whatsapp|linkedin|telegram|reddit|pinterest|copy link|x)){1,9})", "Share this article on Facebook", "en"),
    _rule("placeholder", "anywhere", r"(?i:follow|like|find|join)(?: (?i:us|him|her|them|our|the|@\w+|[A-Z][\w'’.-]+|on|reporter|author|live|all|latest|more|of|coverage|news|and)){1,9} (?i:on|at) (?i:facebook|twitter|x|instagram|telegram|whatsapp|google news|youtube|linkedin|social media|threads|bluesky|mastodon|tiktok)\b.{0,120}", "Follow Jane Doe on Twitter at @janedoe", "en"),
    _rule("placeholder", "anywhere", r"(?i:follow|join) (?:[\w’' ]{1,40} )?(?:at |on )?(?:@\w{2,30}|https?://\S{4,100})(?:,? and (?:@\w{2,30}|https?://\S{4,100}))?\.?", "Follow @bnonews", "en"),
    _rule("placeholder", "anywhere", r"(?i:(?:sign up|subscribe|register)(?: (?:now|here|today|free|for free))?(?: (?:for|to|and get|and receive|below to get)) (?:our|the|your|a|get|free|daily|weekly|breaking|updates|email|push|\w+[’']s).{0,60}(?:newsletters?|inbox|alerts?|e-?mails?|podcast|youtube channel|notifications?|digest|briefing|updates|channel)\b.{0,120})", "Sign up for our daily newsletter", "en"),
    _rule("placeholder", "anywhere", r"(?i:(?:get|receive) (?:the |our |all |more |daily |breaking |latest )+.{0,80}(?:in|to|into) your (?:inbox|email|phone)\b.{0,80}|(?:sign up|subscribe|sign in|log in|register|newsletter|subscribe now|sign up now|download (?:the|our) app)\W{0,3}|enter your email(?: address)?\W{0,3}|this site is protected by recaptcha.{0,160}|by (?:signing up|subscribing|submitting).{0,40} you agree.{0,200})", "Subscribe now", "en"),
    _rule("placeholder", "anywhere", r"(?i:(?:click|tap|go) (?:here |below |on the link )?(?:to|for) (?:read|see|view|watch|listen|subscribe|sign|download|join|follow|more|the full|a full|related|full|an? (?:graphic|interactive|factbox)|access|restrictions)\b.{0,160})", "Click here to read the full report", "en"),
    _rule("placeholder", "anywhere", r"(?i:for (?:more|full|complete|continuing|all|the latest|further) .{0,80}(?:visit|go to|click|follow|see|coverage at|download)\W{0,2} ?.{0,40}(?:https?://|www\.|\w\.(?:com|org|net)|here\b|on twitter|@\w).{0,120}|(?:more|full) .{0,40}coverage(?: of .{2,60})?:? (?:at )?(?:https?://|www\.).{3,120}|(?:online|on the net|on the web|website): ?(?:https?://|www\.).{3,160})", "For more on the election, visit https://example.com/election", "en"),
    _rule("placeholder", "anywhere", r"(?i:view (?:original content|source version on).{0,40}:? ?(?:https?://|www\.).{3,200}|(?:logo|photo|multimedia|infographic|pdf) ?(?:available)?[-–: ]{1,3}https?://.{3,160}|cision view original.{0,160})", "View original content to download multimedia: https://www.example.com/1"),
    _rule("placeholder", "anywhere", r"(?i:our standards: the thomson reuters trust principles\W*.{0,40}|opens new tab|the views expressed .{10,300}|the bbc is not responsible for the content of external .{3,40})", "Our Standards: The Thomson Reuters Trust Principles.", "en"),
    _rule("placeholder", "anywhere", r"(?i:(?:(?:first |last )?(?:published|updated|posted|modified))(?: (?:on|at))?:?(?:[ ,|•–-]{1,3}(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}|\d[\d:./,-]{0,18}(?:st|nd|rd|th)?|a\.?m|p\.?m|[ecmp][sd]?t|gmt|utc|bst|ist|cet|at|on|of|hours?|hrs?|minutes?|mins?|days?|ago|today|yesterday|updated|published)\.?){1,10})", "Published: March 1, 2024 10:15 GMT", "en"),
    _rule("placeholder", "anywhere", r"(?i:(?:lesen sie auch|mehr zum thema|lesen sie mehr|auch interessant|zum weiterlesen)\b ?:?.{0,160}|artikel teilen|teilen|newsletter|jetzt abonnieren)", "Lesen Sie auch: Was wir wissen", "de"),
    _rule("placeholder", "anywhere", r"(?i:(?:lire aussi|à lire aussi|lire la suite|sur le même sujet|voir aussi)\b ?:?.{0,160}|partager(?: (?:sur|cet article)\b.{0,40})?)", "Lire aussi : Ce que l’on sait", "fr"),
    _rule("placeholder", "anywhere", r"(?i:(?:lea también|leer más|lee también|te puede interesar|vea también|más información)\b ?:?.{0,160}|compart(?:ir|e)(?: (?:en|esta noticia)\b.{0,40})?)", "Lea también: Lo que sabemos", "es"),
    _rule("placeholder", "anywhere", r"(?:_ ?){3,}|(?:\* ?){3,}|(?:= ?){4,}|(?:~ ?){3,}|[•·]|[–—]{1,3}", "___"),

    # How wires sign off.
    _rule("signature", "tail", r"[-–— (\[]{0,4}(?i:reuters?|ruter|reuiter|reueter|reute)(?:\.{2,3}|\)|\]| \w| ?\d\d:\d\d\S{0,6})?(?:\^M)?", "Reuter"),
    _rule("signature", "tail", r"REUTERS?[.\^M \w]{0,6}", "REUTER..."),
    _rule("signature", "tail", rf"[-–—=/(\[ ]{{1,4}}(?:{_AGENCY})[-–—=/)\] ]{{0,4}}|(?:The )?(?:{_LONG_AGENCY})", "(Xinhua)"),
    _rule("signature", "tail", r"AP-[A-Z]{2}-\d\d-\d\d-\d\d \d{4}[A-Z]{2,4}<?", "AP-NY-03-01-16 1501EST<"),
    _rule("signature", "tail", r"[-–—# ]{0,4}(?:-30-|30|#)[-–—# ]{0,6}|-{1,2}0-{1,2}", "-30-"),
    _rule("signature", "tail", r"[-–—(\[ ]{0,3}(?:ENDS?|Ends|Enditem|ENDITEM|Endit|Ende|FIN|END OF (?:STORY|TEXT|ITEM))[)\] .]{0,2}", "Enditem"),
    _rule("signature", "tail", r"[-–—(\[ ]{0,3}(?:MORE|More|more|MTF|MORE FOLLOWS|more to follow|More to follow|more follows|TO BE CONTINUED)[-–—)\] .]{0,3}", "(MORE)"),
    _rule("signature", "tail", r"(?:INTERRUPTED|dpa(?:[-:]\S{2,20})?(?: [a-z0-9/]{2,5}){1,6})", "dpa ab yyzz n1 cd"),
    _rule("signature", "tail", r"(?:bur-)?[a-z]{2,4}(?:-[a-z]{2,4})?(?:/[a-z]{2,4}(?:-[a-z]{2,4})?){2,6}|[a-z]{2,3}/[a-z]{2,3}|bur-[a-z]{2,4}(?:/[a-z]{2,4}){0,5}", "bur-jd/jr/mm"),
    _rule("signature", "tail", r"(?:PTI|UNI|IANS|ANI)(?: [A-Z]{2,4}){1,6}", "PTI JDO JRO MM"),
    _rule("signature", "closing", r"(?<=\S) {1,3}(?:REUTER|Reuter)", "The talks go on Reuter"),
    _rule("signature", "closing", r"(?<=[.!?\"”’)0-9]) {1,3}(?:REUTERS?|Enditem|/TASS/|\(ANI\)|\(PTI\)|\(IANS\)|Item ends|-30-)[. ]{0,3}(?:\d\d:\d\d\S{0,6})?", "The talks go on. Enditem"),
)
# fmt: on


def rules_for(language: str | None) -> tuple[Rule, ...]:
    """Return the rules that suit every language, and those of `language`."""
    return tuple(rule for rule in RULES if rule.language in (None, language))


LANGUAGES = frozenset(rule.language for rule in RULES if rule.language)
