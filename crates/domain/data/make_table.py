#!/usr/bin/env python3
"""Writes holidays.tsv anew: rules that give the dates of the package `holidays` (https://github.com/vacanza/holidays, MIT).

    python3 -m venv venv && venv/bin/pip install holidays && venv/bin/python make_table.py > holidays.tsv

With --check it writes what the tests compare them with (tests/data/holidays.tsv).

A country whose holidays are no rule of the solar calendar (new moons, decrees of each year) is left out.
"""

import datetime as dt
import re
import sys
from collections import defaultdict

import holidays
from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter

FIRST, LAST = 2018, 2050
DAYS = "mon tue wed thu fri sat sun".split()
COUNTRIES = (
    "AD AL AT AU BA BE BG BR CA CH CL CO CY CZ DE DK EE ES FI FR GB GG GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT MX NL "
    "NO NZ PL PT RO RS SE SI SK SM UA US VA XK ZA"
).split()
# Communities that keep further days, as the package calls them.
COMMUNITIES = {("DE", "BY"): "catholic", ("DE", "SN"): "catholic", ("DE", "TH"): "catholic"}
# More single days than this are no rules.
MOST_SINGLE = 75


def base_date(rule, year):
    try:
        if re.fullmatch(r"\d\d-\d\d", rule):
            return dt.date(year, int(rule[:2]), int(rule[3:]))
        if rule.startswith("easter"):
            return easter(year, EASTER_WESTERN) + dt.timedelta(int(rule[6:]))
        if rule.startswith("orthodox"):
            return easter(year, EASTER_ORTHODOX) + dt.timedelta(int(rule[8:]))
        anchor = dt.date(year, int(rule[5:7]), int(rule[8:10]))
        return anchor + dt.timedelta((DAYS.index(rule[:3]) - anchor.weekday()) % 7)
    except ValueError:
        return None


def candidates(dates):
    seen = dict.fromkeys(f"{d:%m-%d}" for d in dates)
    for d in dates:
        for kind, method in (("easter", EASTER_WESTERN), ("orthodox", EASTER_ORTHODOX)):
            away = (d - easter(d.year, method)).days
            if abs(away) <= 70:
                seen[f"{kind}{away:+d}"] = None
    for d in dates:
        for back in range(7):
            anchor = d - dt.timedelta(back)
            if (anchor.month, anchor.day) != (2, 29):
                seen[f"{DAYS[d.weekday()]}>={anchor:%m-%d}"] = None
    return list(seen)


def runs(rule, dates):
    """The longest run of years in which `rule`, moved on some weekdays, gives one of `dates`: (first, last, moves)."""
    best, start, moves = None, None, {}
    for year in range(FIRST, LAST + 2):
        date = base_date(rule, year)
        delta = None
        if date and year <= LAST:
            away = sorted(((d - date).days for d in dates if abs((d - date).days) <= 4 and d.year == year), key=abs)
            known = moves.get(date.weekday())
            if date in dates:
                delta = 0
            elif away and re.fullmatch(r"\d\d-\d\d", rule):
                delta = away[0]
            if delta is not None and known is not None and known != delta:
                delta = None
        if delta is None:
            if start is not None and (best is None or year - start > best[1] - best[0] + 1):
                best = (start, year - 1, {w: m for w, m in moves.items() if m})
            start, moves = None, {}
            # A year may begin a run that the moves of the last one did not fit.
            if date and year <= LAST and date in dates:
                start, moves = year, {date.weekday(): 0}
            continue
        if start is None:
            start = year
        moves[date.weekday()] = delta
    return best


def pretty(rule):
    return (rule.endswith(("-01", "-08", "-15", "-22")) or ">=" not in rule)


def fit(dates):
    """Rules for `dates`: [(rule, first, last, moves)], and what is left over."""
    left, found = set(dates), []
    while left:
        options = []
        for order, rule in enumerate(candidates(left)):
            run = runs(rule, left)
            if run:
                plain = not run[2]
                options.append(((run[1] - run[0] + 1 - 3 * len(run[2]), plain, pretty(rule), -order), rule, run))
        if not options:
            break
        _, rule, (first, last, moves) = max(options, key=lambda o: o[0])
        if last - first < 2:
            break
        for year in range(first, last + 1):
            date = base_date(rule, year)
            left.discard(date + dt.timedelta(moves.get(date.weekday(), 0)))
        found.append((rule, first, last, moves))
    return found, left


def also(rule, first, last, moves, observed):
    """On which weekdays a day beside it is free too; None when that is no rule."""
    known, used = {}, set()
    for year in range(first, last + 1):
        date = base_date(rule, year)
        date += dt.timedelta(moves.get(date.weekday(), 0))
        near = [d for d in observed if 0 < abs((d - date).days) <= 4]
        delta = (near[0] - date).days if near else 0
        if known.setdefault(date.weekday(), delta) != delta and year < LAST:
            return None, set()
        used.update(near[:1])
    return {w: d for w, d in known.items() if d}, used


def entries(country, region, category):
    def read(language):
        categories = ("public", category) if category else ("public",)
        return holidays.country_holidays(country, subdiv=region, years=range(FIRST, LAST + 1), language=language, categories=categories)

    probe = holidays.country_holidays(country)
    local = read(probe.default_language if probe.supported_languages else None)
    english = read("en_US" if "en_US" in probe.supported_languages else None)
    names, observed, words = defaultdict(set), defaultdict(set), {}
    for date in sorted(english):
        pair = zip(english.get_list(date), local.get_list(date), strict=False)
        for name, own in pair:
            bare = re.sub(r"\s*\((observed|estimated|observed, estimated)\)$", "", name)
            (observed if "(observed" in name else names)[bare].add(date)
            if "(observed" not in name:
                words[bare] = own
            else:
                words.setdefault(bare, own)
    return names, observed, words


def rules_of(country, region, category=None):
    names, observed, words = entries(country, region, category)
    rows, single = [], []
    for name in sorted(names | observed.keys()):
        found, left = fit(names.get(name, set()))
        rest = set(observed.get(name, set()))
        for rule, first, last, moves in found:
            extra, used = also(rule, first, last, moves, rest)
            rest -= used
            text = rule + "".join(f" {DAYS[w]}>{d:+d}" for w, d in sorted(moves.items()))
            text += "".join(f" {DAYS[w]}:{d:+d}" for w, d in sorted((extra or {}).items()))
            years = f"{first if first > FIRST else ''}..{last if last < LAST else ''}"
            rows.append((text, years, words[name], name))
        more, left_observed = fit(rest) if len(rest) > 2 else ([], rest)
        for rule, first, last, moves in more:
            text = rule + "".join(f" {DAYS[w]}>{d:+d}" for w, d in sorted(moves.items()))
            rows.append((text, f"{first if first > FIRST else ''}..{last if last < LAST else ''}", words[name], name))
        single += [(f"{d}", "..", words[name], name) for d in sorted(left | left_observed)]
    return rows, single


def main():
    print(f"# Made by make_table.py from the package holidays {holidays.__version__} (https://github.com/vacanza/holidays, MIT License,")
    print("# Copyright (c) Vacanza Team and individual contributors, dr-prodigy and ryanss), which holds for the years from 2018 on.")
    print("# country\tregions\trule\tyears\tname there\tname in English")
    for country in COUNTRIES:
        info = holidays.country_holidays(country)
        aliases = {code: alias for alias, code in reversed(list(info.subdivisions_aliases.items()))}
        regions = [None, *info.subdivisions]
        by_row, good, bad = defaultdict(list), [], []
        wanted = [(r or "-", r, None) for r in regions]
        wanted += [(f"{r}-{c}", r, c) for (where, r), c in COMMUNITIES.items() if where == country]
        for code, region, category in wanted:
            rows, single = rules_of(country, region, category)
            if len(single) > MOST_SINGLE:
                bad.append((code, len(single)))
                continue
            good.append(code)
            for row in rows + single:
                by_row[row].append(code)
        if bad:
            print(f"{country}: left out {bad}", file=sys.stderr)
        if not good or "-" not in good:
            continue
        named = "|".join(f"{code}:{aliases.get(code, code)}" for code in good if code != "-")
        print(f"{country}\t=\t{named}\t..\t\t")
        for (text, years, own, name), codes in by_row.items():
            where = "*" if codes == good else ",".join(codes)
            print(f"{country}\t{where}\t{text}\t{years}\t{own}\t{name}")


def check():
    """What the package says, for the tests: country, region, year, days."""
    for country in COUNTRIES:
        for region in [None, *holidays.country_holidays(country).subdivisions]:
            for year in (2026, 2032):
                days = holidays.country_holidays(country, subdiv=region, years=year)
                print(country, region or "-", year, " ".join(f"{d:%m-%d}" for d in sorted(days)), sep="\t")


check() if "--check" in sys.argv else main()
