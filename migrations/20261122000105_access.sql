-- Whose tickets lie in queues that their owner may not read otherwise: asked at every list of an agent who may not read all.
create index ticket_owned on ticket (owner_id, queue_id, id) where owner_id is not null;
