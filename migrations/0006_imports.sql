-- Imports from the pages: a file waits for its mapping, its work can be watched, and what was cut off is taken up again.

alter table imports drop constraint imports_status_check;
alter table imports
  add constraint imports_status_check check (status in ('uploaded', 'running', 'interrupted', 'done', 'undone')),
  -- What partners earned by it so far, less what its reversals took, by currency; moves with each batch.
  add column earned jsonb not null default '{}',
  -- How its columns are read; kept from the first guess on.
  add column mapping jsonb,
  -- The size of the uploaded file while it waits; null when it is gone, or was read from the command line.
  add column file_bytes bigint,
  -- The last piece of long work (a rehearsal, the run, the undo): what was asked, how it stands, what came of it.
  add column task jsonb,
  -- When the process that does it was last there, in real time; silence means that it was killed.
  add column task_seen_at timestamptz;
create index imports_page on imports (org_id, program_id, id);
