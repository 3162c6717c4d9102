"""The rules that tell an article from what a web page puts around it, as data.

One line a rule: its kind, what it matches, and the example it was made for. The tests run every example,
so a rule is added by adding one line here.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple


class BlockRule(NamedTuple):
    """An element whose class, id or role names something other than the article.

    `words` is a regular expression for whole words of the attribute as `attribute_words` reads it.
    """

    kind: str
    words: str
    example: str


Place = Literal["anywhere", "start", "end", "rest"]


class LineRule(NamedTuple):
    """A line of the extracted text that is not the article's; the pattern holds from its first letter.

    `place` says where it counts: "anywhere", at the "start" (before the first paragraph), at the "end"
    (nothing but such lines follows), or "rest" (a short line with which all that follows goes too).
    """

    kind: str
    place: Place
    pattern: str
    example: str


# ruff: noqa: E501 - one rule, one line

BLOCK_RULES: tuple[BlockRule, ...] = (
    BlockRule("newsletter", r"newsletters?|mailing-list|mc4wp|mailchimp|mc-embed|e?mail-(?:signup|capture|alerts?)", "Newsletter-stateSent"),
    BlockRule("newsletter", r"sign-?up|opt-?in|subscribe|subscription|subscriber|membership|donate|donation", "email_sign-up box"),
    BlockRule("promotion", r"promos?|promobox|promotions?|cta|call-to-action|upsell|pushdown|giveaway|house-ad|speed-?bump", "nrplus-cta"),
    BlockRule("advertisement", r"adverts?|advertisement|advertising|ads|ad-(?:slot|unit|wrapper|container|label|text)|adsbygoogle|dfp|gpt", "ad-slot"),
    BlockRule("advertisement", r"sponsored|sponsor|outbrain|taboola|revcontent|zergnet|dianomi|affiliate", "OUTBRAIN"),
    BlockRule("related", r"relateds?|related-[a-z]+|relatedposts|yarpp|recirc|recirculation|crosslinks?|(?:see|read)-also", "article__related-posts"),
    BlockRule("related", r"recommended|recommendations?|recommends|you-may(?:-also)?-like|also-(?:read|like)|interstitial-link", "c-recommendations"),
    BlockRule("related", r"read-?(?:more|next|on)|more-(?:from|stories|on|in|news|like|articles)|up-?next|next-(?:up|article|story|post)", "read-more-box"),
    BlockRule("related", r"prev-(?:next|post)|post-navigation|links-block|link-list|further-reading|inline-offer", "post-navigation"),
    BlockRule("popular", r"most-(?:read|popular|viewed|shared|recent|commented)|trending|popular|top-stories", "most-read-list"),
    BlockRule("popular", r"latest-(?:news|posts|stories|articles|headlines|box)|recent-(?:posts|news|articles|stories)", "latest-news-box"),
    BlockRule("rail", r"rail|right-rail|side-?bar|carousel|slick|swiper|complementary|contentinfo|toolbar", "rail--trending"),
    BlockRule("share", r"shares?|sharing|share-?(?:bar|tools|buttons)|addthis|addtoany|sharedaddy|social-(?:share|links|icons|bar)", "share-tools"),
    BlockRule("share", r"follow-us|follow-buttons?|social-follow|like-box|connect-with", "follow-us"),
    BlockRule("author", r"author-(?:bio|box|info|card|about|desc|description|profile|footer)|about-(?:the-)?author|bio|writer-bio", "author-bio"),
    BlockRule("meta", r"by-?line|post-?(?:meta|info|date)|(?:entry|article|story)-(?:meta|date)|timestamp|publish-date|read(?:ing)?-time", "postinfo"),
    BlockRule("tags", r"tags|tag-list|(?:post|article|story|entry)-tags|topics|topic-list|breadcrumbs?|categories", "post-tags"),
    BlockRule("comments", r"comments|comment-(?:list|form|area|section)|disqus|respond|livefyre|viafoura|hyvor", "comment-form"),
    BlockRule("comments", r"comentarios?|coment[aá]rios?|commentaires?|kommentare?|kommentarer|commenti|reacties|komentar(?:ze|i)?", "lista-comentarios"),
    BlockRule("caption", r"(?:[a-z]+-)?captions?(?:-text)?|(?:photo|image|media|picture)-credits?", "wp-caption-text"),
    BlockRule("contents", r"toc|table-of-contents|ez-toc(?:-[a-z]+)?|pagination|pager|page-links", "ez-toc-container"),
    BlockRule("overlay", r"sr-only|visually-hidden|screen-reader-text|(?:rollover|popover|tooltip)(?:-[a-z]+)?-(?:block|content|box)|hover-?card", "rollover-people-block"),
    BlockRule("consent", r"cookies?|gdpr|onetrust|cookie-(?:notice|banner|bar)", "cookie-notice"),
    BlockRule("copyright", r"copyright|site-info|colophon", "site-copyright"),
)  # fmt: skip

LINE_RULES: tuple[LineRule, ...] = (
    LineRule("related", "anywhere", r"(?:read|see|watch|view|find out|learn|discover|click here for) (?:more|also|next|now)\b.{0,20}[:>»|]", "SEE MORE: Protests go on"),
    LineRule("related", "anywhere", r"(?:related|also|more|plus|recommended|also (?:read|see)|see also|up next|don['’]?t miss)\s?[:|>»—]", "Related: Photos of Europa"),
    LineRule("related", "anywhere", r"(?:related|recommended) (?:stories|articles?|coverage|content|news|posts?|links?|topics?|reading|videos?)\W*$", "Related coverage"),
    LineRule("related", "anywhere", r"more (?:on|from|in) .{1,60}:$", "More on this story:"),
    LineRule("related", "anywhere", r"(?:most|top) (?:read|viewed|popular|watched|shared)\b.{0,40}$", "Most read in world news"),
    LineRule("related", "anywhere", r"(?:(?:read|see|watch|learn|view|show|load) (?:more|next|also)|(?:don['’]?t|do not) miss(?: (?:it|this|out))?|explore further|keep reading|must[- ]reads?)\W*$", "DON'T MISS"),
    LineRule("related", "anywhere", r"you (?:may|might) (?:also )?(?:like|enjoy|be interested in)\b.{0,40}$", "You may also like"),
    LineRule("related", "anywhere", r"(?:lesen sie auch|mehr zum thema|(?:à )?lire aussi|lea también|leia (?:mais|também)|veja também|leggi anche|lees ook|baca juga|читайте также|läs också|les også)\b", "Lire aussi : le budget"),
    LineRule("related", "anywhere", r"(?:follow|see|read|find) (?:all )?(?:of )?(?:our|the|all|\w+['’]s)\b.{0,30} (?:full|complete|live) coverage\b", "Follow AP's full coverage of Brexit"),
    LineRule("advertisement", "anywhere", r"(?:advertisement|advertising|sponsored|ad|anzeige|publicité|publicidad|publicidade|werbung|реклама)(?: (?:content|feedback|- .{1,40}))?[.:]?$", "Advertisement"),
    LineRule("advertisement", "anywhere", r"(?:story|article|text|scroll down|scroll) (?:continues|to continue|resumes|for more)\b.{0,50}$", "Story continues below advertisement"),
    LineRule("advertisement", "anywhere", r"get .{1,60} (?:on the go|delivered)\b", "GET THE NEWS ON THE GO BY CLICKING HERE"),
    LineRule("media", "anywhere", r"(?:(?:click|tap) (?:here )?(?:to|for)(?: the)? (?:enlarge|expand|play|watch|view|see|zoom|listen|share|subscribe|print|comment|full|larger)|swipe (?:left|right|to)|scroll (?:down|through) (?:to|for))\b.{0,80}$", "Click to enlarge"),
    LineRule("media", "anywhere", r"(?:play video|watch (?:the )?(?:full )?video|view (?:photos|gallery|slideshow)|video|gallery|slideshow|photos|listen)\s?(?::.{0,80})?$", "Watch the video"),
    LineRule("media", "anywhere", r"(?:image |photo |slide )?\d+ (?:of|/) \d+$", "Image 1 of 12"),
    LineRule("newsletter", "anywhere", r"(?:please )?(?:sign(?:ing)? up (?:for|to|here|now|today)\b|subscribe\b)", "Sign up for our newsletter"),
    LineRule("newsletter", "anywhere", r"(?:get|join|receive|enter|want)\b.{0,100}\b(?:inbox|newsletters?|mailing list|e-?mail address)\b", "Get the latest in your inbox"),
    LineRule("newsletter", "anywhere", r".{0,100}\b(?:delivered|straight|sent|right) (?:directly |straight )?(?:to|in|into) your (?:inbox|e-?mail)\b", "The day's news, delivered to your inbox"),
    LineRule("newsletter", "anywhere", r"(?:thanks|thank you) for (?:signing up|subscribing|your subscription)\b", "Thanks for signing up!"),
    LineRule("newsletter", "anywhere", r"by (?:signing up|subscribing|clicking|submitting)\b.{0,60}\byou (?:agree|accept|consent|acknowledge)\b", "By signing up you agree to our terms"),
    LineRule("support", "anywhere", r"(?:already a subscriber\?|support (?:our|independent|quality|local) journalism|if you (?:enjoyed|liked) this (?:article|story|post)\b)", "If you enjoyed this article, join us"),
    LineRule("support", "anywhere", r"(?:become a (?:member|subscriber|supporter)|(?:please )?(?:donate|make a donation|contribute) (?:to|now|today|here)|get (?:unlimited |full |instant )?access\b)", "Become a member today"),
    LineRule("support", "anywhere", r"(?:if you (?:buy|purchase|click)\b.{0,80}\b(?:commission|share of)|\w+ may (?:earn|receive|get) (?:a|an) .{0,30}commission)\b", "If you buy through our links we may earn a commission"),
    LineRule("share", "anywhere", r"(?:share|tweet|print|e-?mail|save|like|pin|post|copy link)(?: (?:this|the|on|via|it|to|article|story|post|page|link|facebook|twitter|now))*[.:!]?$", "Share this article"),
    LineRule("follow", "anywhere", r"(?:please |you can (?:also )?)?(?:follow|find|join|connect with|like us|add us)\b.{0,100}\b(?:on|via) (?:our )?(?:social media|twitter|x\b|facebook|instagram|linkedin|youtube|telegram|whatsapp|snapchat|tiktok|threads|bluesky|google news|flipboard|pinterest)", "Follow us on Twitter"),
    LineRule("contact", "anywhere", r"(?:have|got|do you have) (?:a |any )?(?:news )?(?:tips?|story|stories|info)\b.{0,40}\?", "Have a tip? Write to us"),
    LineRule("contact", "anywhere", r"(?:contact|reach|e-?mail|write to) (?:the (?:author|writer|reporter|editor|newsroom)|us\b|our\b)", "Contact the author at a@example.com"),
    LineRule("contact", "anywhere", r"send (?:tips|us|your (?:tips|stories|photos|questions|letters))\b", "Send us your photos"),
    LineRule("comments", "anywhere", r"(?:leave|post|add|write|view|show|see|read|join) (?:a |the |all |your )?(?:\d+ )?(?:comments?|reply|conversation|discussion)\b.{0,60}$", "Leave a comment"),
    LineRule("comments", "anywhere", r"(?:comments (?:are )?(?:closed|off|disabled|\(\d+\))|\d+ comments?|no comments(?: yet)?)\b.{0,60}$", "Comments are closed."),
    LineRule("tags", "anywhere", r"(?:filed under|tagged(?: (?:as|with|under))?|tags?|topics?|categor(?:ies|y)|keywords?|posted (?:in|under)|more about)\s?[:|]", "Filed under: Politics |"),
    LineRule("copyright", "anywhere", r"(?:©|(?:\(c\)|copyright)\b.{0,60}(?:©|(?:19|20)\d\d\b))", "Copyright Example News 2019"),
    LineRule("copyright", "anywhere", r".{0,160}\ball rights reserved\b.{0,160}$", "Example Inc. All rights reserved."),
    LineRule("copyright", "anywhere", r"this (?:material|story|article|content) may not be (?:published|reproduced|copied)", "This material may not be published"),
    LineRule("markup", "anywhere", r"\[(?:/|(?-i:[a-z])[\w-]* [^\]]*=)", "[button link=x] Send us your review[/button]"),
    LineRule("navigation", "anywhere", r"(?:(?:skip|jump) to (?:main |the )?(?:content|navigation|comments|end|top)|back to (?:top|home(?:page)?|article|story)|(?:next|previous) (?:article|story|post|page)|continue reading|see all|view all)\b.{0,60}$", "Continue reading"),
    LineRule("time", "start", r"(?:(?:last )?(?:updated|published|posted|modified|aktualisiert|veröffentlicht|publié|publicado|atualizado)\b.{0,40}(?:\b(?:19|20)\d\d\b|\d:\d\d).{0,20}$|(?=.{0,40}\b(?:19|20)\d\d\b)(?=.{0,60}\d:\d\d).{0,70}$)", "Updated: Tue., Nov. 19, 2019"),
    LineRule("time", "start", r"(?:\d+ min(?:ute)?s? read|reading time\b.{0,20}|tempo de leitura\b.{0,20}|lesezeit\b.{0,20}|\d+ (?:minutes?|hours?|days?) ago)$", "5 min read"),
    LineRule("address", "start", r"https?://\S+$", "https://www.example.com/news/a"),
    LineRule("follow", "end", r".{0,200}\bon (?:twitter|facebook|instagram)(?: (?:at )?@\w+|\.?$)", "Ann Lee is on Twitter at @annlee"),
    LineRule("contact", "end", r".{0,200}\b[\w.+-]{1,60}@[\w-]{1,60}\.[\w.-]{2,40}\W*$", "Reach Ann Lee at ann@example.com"),
    LineRule("media", "end", r"listen to\b.{0,80}\b(?:live|podcasts?|episodes?)\b", "Listen to Newsbeat live at 12:45"),
    LineRule("source", "end", r"(?:sources?|via|quelle|fuente|fonte)\s?[:|].{0,80}$", "SOURCE: News agencies"),
    LineRule("source", "end", r"(?:this (?:article|story|post|piece) (?:was |has been |is )?(?:originally |first )?(?:published|appeared|posted|provided)|(?:originally|first) (?:published|posted|appeared))\b", "This story was first published by Example"),
    LineRule("source", "end", r"(?:\(?(?:end|ends|fin)\)?|#{2,}|-\s?30\s?-)$", "(END)"),
    LineRule("time", "end", r"(?:last |first )?(?:updated|published|posted|modified)\b.{0,40}(?:\b(?:19|20)\d\d\b|\d:\d\d).{0,20}$", "Updated: 20 November 2019"),
    LineRule("about", "rest", r"(?:about (?:the )?(?:authors?|writers?|us)|(?:meet|written by) the (?:author|writer)s?)\W*$", "About the author"),
    LineRule("about", "rest", r"about (?-i:[A-ZÀ-Þ])(?:[^.?!]){1,50}$", "About Example Corp"),
    LineRule("about", "rest", r"(?:(?:press|media) contacts?|contacts?|(?:-\s?)?ends(?:\s?-)?|for (?:more|further) information,? (?:please )?contact\b.{0,60}|note to editors)\W*$", "Media contact"),
    LineRule("related", "rest", r"(?:related|recommended|trending|popular|latest|more|top|featured|similar|other)(?: \w+){0,2} (?:stories|articles|posts|news|coverage|content|reading|videos|topics|links|headlines|reads)\W*$", "More news stories"),
    LineRule("related", "rest", r"(?:related|recommended(?: for you)?|trending(?: now)?|read (?:more|next|also)|up next|see also|further reading|most (?:read|popular|viewed)|must reads?|more from .{1,40}|what to read next|from the web|around the web|editor['’]?s['’]? (?:picks?|choice))\W*$", "More from Example"),
    LineRule("comments", "rest", r"(?:comments?|\d+ (?:comments?|responses?|replies)|leave a (?:reply|comment)|join the (?:conversation|discussion)|(?:your )?reactions?)\W*$", "Leave a Reply"),
    LineRule("newsletter", "rest", r"(?:newsletters?|sign up(?: (?:for|to) .{1,60})?|follow us.{0,30}|share this.{0,20}|like this)\W*$", "Follow us"),
)  # fmt: skip

# What a removed line of these kinds says is worth keeping beside the text.
NOTICE_KINDS = frozenset({"copyright", "source"})

# Longer lines are paragraphs, whatever words they begin with; it also bounds the time of a pattern.
LONGEST_FURNITURE_LINE = 300
LONGEST_REST_HEADING = 80

_CAPITAL_INSIDE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_WORD = re.compile(r"[^a-z0-9 ]+")
# "with-sidebar" and "has-comments" name the page that has them, not the thing.
_BLOCK = re.compile(
    r"(?:^|[ -])(?<!with-)(?<!has-)(?<!no-)(?<!is-)(?:"
    + "|".join(f"(?P<{rule.kind}_{i}>{rule.words})" for i, rule in enumerate(BLOCK_RULES))
    + r")(?=$|[ -])"
)


def attribute_words(value: str) -> str:
    """Write class names as lower-case words: "NewsletterSignup__box" as "newsletter-signup-box"."""
    return _NO_WORD.sub("-", _CAPITAL_INSIDE.sub("-", value).lower())


@lru_cache(maxsize=8192)
def block_kind(value: str) -> str | None:
    """Name the kind of furniture that a class, id or role attribute speaks of."""
    found = _BLOCK.search(attribute_words(value))
    return found.lastgroup.rpartition("_")[0] if found and found.lastgroup else None


def _compile(rules: Sequence[LineRule], place: Place) -> re.Pattern[str]:
    return re.compile(
        "|".join(
            f"(?P<{rule.kind}_{i}>{rule.pattern})"
            for i, rule in enumerate(rules)
            if rule.place == place
        ),
        re.IGNORECASE,
    )


_LINES: dict[Place, re.Pattern[str]] = {
    place: _compile(LINE_RULES, place) for place in ("anywhere", "start", "end", "rest")
}


def line_kind(line: str, place: Place) -> str | None:
    """Name the kind of furniture that a line is at this place; None for a line of the article."""
    if len(line) > (LONGEST_REST_HEADING if place == "rest" else LONGEST_FURNITURE_LINE):
        return None
    found = _LINES[place].match(line)
    return found.lastgroup.rpartition("_")[0] if found and found.lastgroup else None
