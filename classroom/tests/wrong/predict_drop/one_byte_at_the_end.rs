// told: RECV_AFTER_DROP: you say 1, but the run gave something else

const RECV_AFTER_DROP: Option<usize> = Some(1);

const END_WITH_CLONE: Option<bool> = Some(false);

const SEND_ON_FRESH: Option<bool> = Some(false);
