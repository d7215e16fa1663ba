"""The requested fields: `tree=` limits every answer in breadth and depth (Jenkins: Remote Access API)."""

SLICE = 100
"""Builds per answer; Jenkins reads older ones from disk."""
JOBS = 500
"""Jobs of one folder per answer."""
_JOB = "_class,name,color,lastBuild[number,timestamp,duration,building]"
_BUILD = (
    "_class,number,url,timestamp,duration,building,inProgress,result,displayName,"
    "actions[_class,causes[_class,shortDescription,userId,userName,upstreamProject,upstreamBuild],"
    "parameters[name,value],userId,queuingDurationMillis,remoteUrls,lastBuiltRevision[SHA1,branch[name]]]"
)
QUEUE = (
    "items[_class,id,inQueueSince,why,task[_class,name,url],"
    "actions[_class,causes[_class,shortDescription,userId,userName,upstreamProject,upstreamBuild],"
    "parameters[name,value]]]"
)


def jobs(start: int = 0) -> str:
    """The `tree` for the jobs of a folder from job `start` on, with two more levels of folders."""
    innermost = f"jobs[{_JOB}]{{0,{JOBS}}}"
    inner = f"jobs[{_JOB},{innermost}]{{0,{JOBS}}}"
    return f"_class,jobs[{_JOB},{inner}]{{{start},{start + JOBS}}}"


def builds(start: int = 0) -> str:
    """The `tree` for the builds of a job from the `start`th newest on; `builds` has only the newest 100."""
    return f"_class,{'allBuilds' if start else 'builds'}[{_BUILD}]{{{start},{start + SLICE}}}"
