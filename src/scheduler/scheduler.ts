// The main engineer writes the scheduler (runScheduler): see the commits that follow.
export {}
