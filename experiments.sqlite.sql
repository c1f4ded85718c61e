-- facet's store: every run, what it measured and what it left behind. This is the one schema. The
-- programs read this very text, and `sqlite3 experiments.sqlite < experiments.sqlite.sql` makes
-- the same store by hand (into a new file only).
--
-- Conventions: times are Unix seconds (UTC). A run's name in SQL is its UUID; tables refer to it
-- by the integer runs.id. A number that may be NaN or infinite is a pair (value, special): value
-- is NULL exactly where special says 'nan', 'inf' or '-inf'. SQLite cannot hold a NaN, and an
-- infinite value would spoil every average.

PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA foreign_keys = ON;

BEGIN IMMEDIATE;

-- Which migrations made this store what it is. The newest version is also the user_version.
CREATE TABLE migrations (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  applied REAL NOT NULL
) STRICT;

-- A named group of runs, such as those of one study.
CREATE TABLE experiments (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE CHECK (name <> ''),
  created REAL NOT NULL
) STRICT;

CREATE TABLE notebooks (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE CHECK (path <> ''),  -- a file, or a name for a shell session
  title TEXT,
  created REAL NOT NULL
) STRICT;

CREATE TABLE cells (
  id INTEGER PRIMARY KEY,
  notebook_id INTEGER NOT NULL REFERENCES notebooks (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
  source TEXT NOT NULL,
  cache_key TEXT,                                -- of the source and all that it depends on
  status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'finished', 'failed')),
  error TEXT,
  started REAL,
  finished REAL,
  UNIQUE (notebook_id, ordinal)
) STRICT;

CREATE TABLE outputs (
  cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
  media_type TEXT NOT NULL CHECK (media_type LIKE '%/%'),
  content ANY NOT NULL CHECK (typeof(content) IN ('text', 'blob')),
  PRIMARY KEY (cell_id, ordinal)
) STRICT, WITHOUT ROWID;

-- What the user typed, oldest first.
CREATE TABLE history (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL CHECK (text <> ''),
  time REAL NOT NULL
) STRICT;

-- A set of faces as a run saw it. The fingerprint decides identity; a name may be used again.
CREATE TABLE datasets (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL CHECK (name <> ''),
  specification TEXT NOT NULL CHECK (json_valid(specification)),
  fingerprint TEXT NOT NULL CHECK (fingerprint <> ''),
  counts TEXT NOT NULL DEFAULT '{}' CHECK (json_type(counts) = 'object'),
  created REAL NOT NULL,
  UNIQUE (name, fingerprint)
) STRICT;
CREATE INDEX datasets_fingerprint ON datasets (fingerprint);

-- The samples of data sets that are a chosen part of another: ids as the other set has them.
CREATE TABLE dataset_samples (
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
  sample TEXT NOT NULL,
  PRIMARY KEY (dataset_id, ordinal)
) STRICT, WITHOUT ROWID;

-- One thing that the engine carried out, or is to. Columns from host to versions describe the
-- latest segment; run_segments has them all.
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE CHECK (length(uuid) = 36 AND uuid = lower(uuid)),
  experiment_id INTEGER REFERENCES experiments (id) ON DELETE SET NULL,
  kind TEXT NOT NULL CHECK (kind <> ''),         -- pretrain, adapt, evaluate, import
  method TEXT NOT NULL CHECK (method <> ''),
  name TEXT NOT NULL CHECK (name <> ''),         -- need not be unique: the newest counts
  specification TEXT NOT NULL CHECK (json_valid(specification)),  -- canonical JSON
  data_fingerprint TEXT NOT NULL,
  -- SHA-256 of the two columns above, without options that do not change the outcome, such as
  -- threads. Two finished runs of one key measured the same.
  cache_key TEXT NOT NULL CHECK (length(cache_key) = 64),
  status TEXT NOT NULL DEFAULT 'queued'
    CHECK (status IN ('queued', 'running', 'paused', 'interrupted', 'finished', 'failed')),
  error TEXT,                                    -- why it failed or was interrupted
  seed INTEGER NOT NULL,
  host TEXT,
  pid INTEGER,
  process_started TEXT,                          -- tells a process from a later one with its pid
  device TEXT,
  threads INTEGER,
  versions TEXT NOT NULL DEFAULT '{}' CHECK (json_type(versions) = 'object'),
  git_commit TEXT,                               -- NULL outside a git repository
  git_dirty INTEGER CHECK (git_dirty IN (0, 1)),
  created REAL NOT NULL,
  started REAL,
  finished REAL,
  heartbeat REAL,
  duration REAL NOT NULL DEFAULT 0,              -- seconds of work, over all segments
  CHECK ((status = 'finished') <= (finished IS NOT NULL))
) STRICT;
CREATE INDEX runs_cache_key ON runs (cache_key, status);
CREATE INDEX runs_name ON runs (name);
CREATE INDEX runs_status ON runs (status);

-- The runs whose weights a run starts from.
CREATE TABLE run_parents (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  parent_id INTEGER NOT NULL REFERENCES runs (id),
  ordinal INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (run_id, parent_id),
  CHECK (run_id <> parent_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_parents_parent ON run_parents (parent_id);

-- A run from one start or resumption to the next stop.
CREATE TABLE run_segments (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
  start_step INTEGER NOT NULL DEFAULT 0 CHECK (start_step >= 0),
  started REAL NOT NULL,
  ended REAL NOT NULL,                           -- last sign of life
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  process_started TEXT,
  device TEXT NOT NULL,
  threads INTEGER NOT NULL,
  versions TEXT NOT NULL CHECK (json_type(versions) = 'object'),
  git_commit TEXT,
  git_dirty INTEGER CHECK (git_dirty IN (0, 1)),
  PRIMARY KEY (run_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER run_segments_insert AFTER INSERT ON run_segments BEGIN
  UPDATE runs SET duration =
    (SELECT sum(max(ended - started, 0)) FROM run_segments WHERE run_id = new.run_id)
  WHERE id = new.run_id;
END;
CREATE TRIGGER run_segments_update AFTER UPDATE OF ended ON run_segments BEGIN
  UPDATE runs SET duration =
    (SELECT sum(max(ended - started, 0)) FROM run_segments WHERE run_id = new.run_id)
  WHERE id = new.run_id;
END;

-- The cells that made a run, or that found it finished and used it again.
CREATE TABLE cell_runs (
  cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  PRIMARY KEY (cell_id, run_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX cell_runs_run ON cell_runs (run_id);

-- The specification flattened: options.epochs, data.kind, data.views.0, …
CREATE TABLE parameters (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('null', 'boolean', 'integer', 'real', 'text', 'empty')),
  value ANY,
  PRIMARY KEY (run_id, path),
  CHECK (typeof(value) = CASE type WHEN 'boolean' THEN 'integer' WHEN 'empty' THEN 'null'
    ELSE type END)
) STRICT, WITHOUT ROWID;
CREATE INDEX parameters_path ON parameters (path, value);

CREATE TABLE metric_names (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE CHECK (name <> '')
) STRICT;

-- Training curves; the view metrics shows them by name. A point that a resumed run computes again
-- is superseded, not deleted.
CREATE TABLE metric_points (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  name_id INTEGER NOT NULL REFERENCES metric_names (id),
  step INTEGER NOT NULL,
  segment INTEGER NOT NULL,                      -- run_segments.ordinal; 0 before the first
  value REAL,
  special TEXT CHECK (special IN ('nan', 'inf', '-inf')),
  time REAL NOT NULL,
  superseded INTEGER NOT NULL DEFAULT 0 CHECK (superseded IN (0, 1)),
  PRIMARY KEY (run_id, name_id, step, segment),
  CHECK ((value IS NULL) = (special IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- What a run measured at its end.
CREATE TABLE results (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  task TEXT NOT NULL CHECK (task <> ''),
  dataset TEXT NOT NULL CHECK (dataset <> ''),
  protocol TEXT NOT NULL,
  metric TEXT NOT NULL CHECK (metric <> ''),     -- with its normaliser: nme[inter-ocular]
  split TEXT NOT NULL CHECK (split <> ''),
  selection TEXT NOT NULL CHECK (selection IN ('last', 'validation-best', 'test-best')),
  value REAL,
  special TEXT CHECK (special IN ('nan', 'inf', '-inf')),
  n INTEGER NOT NULL CHECK (n >= 0),             -- samples or pairs behind the value
  PRIMARY KEY (run_id, task, dataset, protocol, metric, split, selection),
  CHECK ((value IS NULL) = (special IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Files that a run left; paths are relative to the store's folder.
CREATE TABLE artifacts (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name <> ''),
  path TEXT NOT NULL CHECK (path <> ''),
  size INTEGER NOT NULL CHECK (size >= 0),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  created REAL NOT NULL,
  PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

-- Weights that later runs can start from.
CREATE TABLE models (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  path TEXT NOT NULL CHECK (path <> ''),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  backbone TEXT NOT NULL CHECK (backbone <> ''),
  selection TEXT NOT NULL CHECK (selection IN ('last', 'validation-best', 'test-best')),
  settings TEXT NOT NULL DEFAULT '{}' CHECK (json_type(settings) = 'object'),
  created REAL NOT NULL,
  PRIMARY KEY (run_id, path)
) STRICT, WITHOUT ROWID;

-- Runs as a person wants to read them.
CREATE VIEW run_overview AS
SELECT
  runs.uuid AS run, runs.name, runs.kind, runs.method, runs.status, runs.seed,
  coalesce(
    (SELECT group_concat(name, ', ') FROM (
      SELECT parents.name FROM run_parents JOIN runs AS parents ON parents.id = parent_id
      WHERE run_id = runs.id ORDER BY ordinal)),
    substr(runs.specification ->> '$.initialization', 1, 8), 'scratch') AS parent,
  (SELECT name FROM datasets WHERE fingerprint = runs.data_fingerprint ORDER BY id DESC LIMIT 1)
    AS dataset,
  (SELECT CAST(value AS TEXT) FROM parameters
    WHERE run_id = runs.id AND path = 'options.labels') AS labels,
  (SELECT CAST(value AS TEXT) FROM parameters
    WHERE run_id = runs.id AND path = 'options.protocol') AS protocol,
  datetime(runs.created, 'unixepoch') AS created,
  datetime(runs.started, 'unixepoch') AS started,
  datetime(runs.finished, 'unixepoch') AS finished,
  runs.duration, (SELECT count(*) FROM run_segments WHERE run_id = runs.id) AS segments,
  runs.device, runs.host, runs.git_commit AS "commit", runs.git_dirty AS dirty, runs.error,
  (SELECT name FROM experiments WHERE id = runs.experiment_id) AS experiment
FROM runs;

-- The newest finished run of each cache key: a repeated run counts once.
CREATE VIEW current_runs AS
SELECT * FROM runs
WHERE status = 'finished' AND id = (
  SELECT max(newer.id) FROM runs AS newer
  WHERE newer.cache_key = runs.cache_key AND newer.status = 'finished');

-- Every result of a current run with what a comparison needs to know of it. Here parent is the
-- name of the run it started from, and pretraining that run's method.
CREATE VIEW results_long AS
SELECT
  runs.uuid AS run, runs.name, runs.kind, runs.method, results.task, results.dataset,
  coalesce(parents.name, substr(runs.specification ->> '$.initialization', 1, 8), 'scratch')
    AS parent,
  coalesce(parents.method, iif(runs.specification ->> '$.initialization' IS NULL,
    'none', 'unknown')) AS pretraining,
  (SELECT CAST(value AS TEXT) FROM parameters
    WHERE run_id = runs.id AND path = 'options.labels') AS labels,
  results.protocol, runs.seed, results.selection, results.split, results.metric,
  CASE results.special WHEN 'inf' THEN 9e999 WHEN '-inf' THEN -9e999 ELSE results.value END
    AS value,
  results.special, results.n, runs.id AS run_id
FROM current_runs AS runs
JOIN results ON results.run_id = runs.id
LEFT JOIN runs AS parents ON parents.id = (
  SELECT parent_id FROM run_parents WHERE run_id = runs.id ORDER BY ordinal LIMIT 1);

-- Training curves by name. A NaN reads as NULL here, with special = 'nan'.
CREATE VIEW metrics AS
SELECT
  runs.uuid AS run, runs.name AS run_name, metric_names.name, step,
  CASE special WHEN 'inf' THEN 9e999 WHEN '-inf' THEN -9e999 ELSE value END AS value,
  special, time, segment, superseded
FROM metric_points
JOIN runs ON runs.id = metric_points.run_id
JOIN metric_names ON metric_names.id = metric_points.name_id;

-- The last point of every curve.
CREATE VIEW latest_metrics AS
SELECT run, run_name, name, max(step) AS step, value, special, time
FROM metrics WHERE superseded = 0
GROUP BY run, name;

INSERT INTO migrations (version, name, applied)
VALUES
  (1, 'first schema', (julianday('now') - 2440587.5) * 86400.0),
  (2, 'samples of subsets', (julianday('now') - 2440587.5) * 86400.0),
  (3, 'cache keys of what decides the outcome', (julianday('now') - 2440587.5) * 86400.0);

PRAGMA application_id = 1717790068;  -- "fcet"
PRAGMA user_version = 3;

COMMIT;
