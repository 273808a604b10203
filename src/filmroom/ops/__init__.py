"""Operations: what the people who run an archive see of it — logs and events."""
