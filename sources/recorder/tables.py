"""The tables of a store. Instants are microseconds since 1970, UTC; unknown names are empty."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text, UniqueConstraint

SCHEMA = 1
"""Incremented when a change of the tables would make older versions of this program misread them."""

METADATA = MetaData()
_ID = BigInteger().with_variant(Integer, "sqlite")

schema = Table("pm_timeline_schema", METADATA, Column("version", Integer, primary_key=True, autoincrement=False))

clusters = Table(
    "pm_timeline_clusters",
    METADATA,
    Column("cluster", Text, primary_key=True),
    # Distinguishes clusters of the same name; see `identity`.
    Column("identity", Text, nullable=False),
    # Retention has removed what ended before this.
    Column("forgotten", BigInteger),
    Column("why", Text, nullable=False, default=""),
)

versions = Table(
    "pm_timeline_versions",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("cluster", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("namespace", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("uid", Text, nullable=False),
    Column("version", Text, nullable=False),
    # ADDED, MODIFIED, DELETED, LISTED; or VANISHED: missing from a list, gone at some time after `since`.
    Column("change", Text, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("since", BigInteger),
    Column("body", Text, nullable=False),
    # A version that is delivered again does not get a second row.
    UniqueConstraint("cluster", "resource", "uid", "version", "gone", name="pm_timeline_versions_once"),
    Index("pm_timeline_versions_last", "cluster", "resource", "uid", "id"),
    Index("pm_timeline_versions_seen", "seen"),
)

positions = Table(
    "pm_timeline_positions",
    METADATA,
    Column("cluster", Text, primary_key=True),
    Column("resource", Text, primary_key=True),
    Column("namespace", Text, primary_key=True),
    # The resourceVersion from which the watch continues.
    Column("version", Text, nullable=False),
)

spans = Table(
    "pm_timeline_spans",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("cluster", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("namespace", Text, nullable=False),
    # From when until when everything was recorded; or nothing, because the right in `lacks` was missing.
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("lacks", Text, nullable=False, default=""),
)
