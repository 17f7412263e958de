-- What a key is for, in its owner's words: of two that end in four letters, which one may be revoked.
alter table api_keys add column name text not null default '';
