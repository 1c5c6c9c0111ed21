// told: END_WITH_CLONE: you say true, but the run gave something else

const RECV_AFTER_DROP: Option<usize> = Some(0);

const END_WITH_CLONE: Option<bool> = Some(true);

const SEND_ON_FRESH: Option<bool> = Some(false);
