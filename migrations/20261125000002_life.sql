-- The lives of a server's desk, from one start to the next: a device that names one of another copy of this desk is told.
create table life (
    ordinal bigint primary key,
    mark bigint not null unique,
    since bigint not null
);
