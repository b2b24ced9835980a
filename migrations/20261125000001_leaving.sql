-- On a connected desktop: the mails that its server has and has not sent.
create index article_leaving on article (created_at) where delivery in ('waiting', 'sending', 'retrying');

-- What an agent took along.
create index ticket_away on ticket (away_id) where away_id is not null;
