//! Where the next hit is, or the one before: in one source by the order of its bytes, over all by the times of records.

use crate::incident::{Place, SourceId};
use crate::log::search::course::{Aim, Course, Progress, Start};
use crate::log::search::ground::{Ground, Grounds, Needs};
use crate::log::search::judge::{Judge, time_of};
use crate::log::search::matcher::Matcher;
use crate::log::time::Micros;
use crate::log::view::{Scope, SearchAnswer, SearchRequest, Target};

/// Where records stand in the order of all sources.
type Key = (Micros, SourceId);

/// A search under way.
#[derive(Debug)]
pub(crate) struct Search {
    request: SearchRequest,
    /// Absent where what is looked for, or the filter, is no valid expression.
    aim: Result<Aim, String>,
    courses: Vec<Running>,
    begun: bool,
    wrapped: bool,
    best: Option<(Key, Place)>,
}

#[derive(Debug)]
struct Running {
    course: Course,
    over: bool,
}

impl Search {
    pub(crate) fn new(request: SearchRequest) -> Self {
        let aim = aim(&request);
        Self { request, aim, courses: Vec::new(), begun: false, wrapped: false, best: None }
    }

    pub(crate) fn id(&self) -> u64 {
        self.request.id
    }

    /// Looks through one more piece; the answer once it is known.
    pub(crate) fn step(&mut self, grounds: &impl Grounds) -> Option<SearchAnswer> {
        let aim = match &mut self.aim {
            Ok(aim) => aim,
            Err(problem) => {
                return Some(SearchAnswer { problem: Some(problem.clone()), ..self.answer(None) });
            }
        };
        if !self.begun {
            self.begun = true;
            let void = aim.judge.is_void(grounds);
            self.courses = if void { Vec::new() } else { courses(&self.request, &aim.judge, grounds) };
        }
        let Some((number, ground)) = next(&self.courses, self.best, self.request.backward, grounds) else {
            return self.phase_over();
        };
        let running = &mut self.courses[number];
        match running.course.step(ground, aim) {
            Progress::More => {}
            Progress::End => running.over = true,
            Progress::Hit(place) => {
                running.over = true;
                let at = if self.courses.len() > 1 { time_of(ground, place.start) } else { None };
                let key = (at.unwrap_or(Micros::MIN), place.source);
                let better = |best: (Key, Place)| (key < best.0) != self.request.backward;
                if self.best.is_none_or(better) {
                    self.best = Some((key, place));
                }
            }
        }
        None
    }

    /// Share of the text that was looked through, 0 to 1.
    pub(crate) fn share(&self, grounds: &impl Grounds) -> f32 {
        let passed: u64 = self.courses.iter().map(|running| running.course.passed).sum();
        let texts = self.courses.iter().filter_map(|running| grounds.ground(running.course.source));
        let total: u64 = texts.map(|ground| ground.tape.end() - ground.tape.start()).sum();
        let rounds = if self.wrapped { 0.5 } else { 0.0 };
        ((passed as f32 / total.max(1) as f32) * (1.0 - rounds) + rounds).min(1.0)
    }

    fn phase_over(&mut self) -> Option<SearchAnswer> {
        if let Some((_, place)) = self.best {
            return Some(self.answer(Some(place)));
        }
        if self.wrapped || self.request.from.is_none() || self.courses.is_empty() {
            return Some(self.answer(None));
        }
        self.wrapped = true;
        let edge = if self.request.backward { u64::MAX } else { 0 };
        for running in &mut self.courses {
            let course = Course::new(running.course.source, Start::At(edge), running.course.began());
            *running = Running { course, over: false };
        }
        None
    }

    fn answer(&self, hit: Option<Place>) -> SearchAnswer {
        SearchAnswer { id: self.request.id, hit, wrapped: self.wrapped && hit.is_some(), problem: None }
    }
}

/// What is looked for; says what is wrong with it.
fn aim(request: &SearchRequest) -> Result<Aim, String> {
    let matcher = match &request.target {
        Target::Text(pattern) => Some(Matcher::new(pattern)?),
        Target::Bad => None,
    };
    let needs = Needs::of(&request.filter, matcher.is_none());
    let judge = Judge::new(&request.filter)?;
    Ok(Aim { matcher, judge, needs, backward: request.backward })
}

fn courses(request: &SearchRequest, judge: &Judge, grounds: &impl Grounds) -> Vec<Running> {
    let sources = sources(request.scope, judge, grounds);
    let edge = |place: Place| if request.backward { place.start } else { place.end };
    let start = if request.backward { u64::MAX } else { 0 };
    let known = request.from.and_then(|place| Some((place, grounds.ground(place.source)?)));
    let merged = known.filter(|_| request.scope == Scope::Merged);
    let at = merged.and_then(|(place, ground)| time_of(ground, place.start)).unwrap_or(Micros::MIN);
    let begin = |source: SourceId| match known {
        Some((place, _)) if place.source == source => Start::At(edge(place)),
        Some((place, _)) if request.scope == Scope::Merged => {
            Start::Time { at, after: source < place.source }
        }
        _ => Start::At(start),
    };
    let running = |source| Running { course: Course::new(source, begin(source), None), over: false };
    sources.into_iter().map(running).collect()
}

/// The sources that are looked through.
pub(crate) fn sources(scope: Scope, judge: &Judge, grounds: &impl Grounds) -> Vec<SourceId> {
    match scope {
        Scope::Source(source) => grounds.ground(source).map(|_| source).into_iter().collect(),
        Scope::Merged => grounds.logs().into_iter().filter(|source| judge.admits(*source)).collect(),
    }
}

/// The source to go on with: one that may hold a hit before the best one, and of these the one where it would come
/// first.
fn next<'a>(
    courses: &[Running],
    best: Option<(Key, Place)>,
    backward: bool,
    grounds: &'a impl Grounds,
) -> Option<(usize, Ground<'a>)> {
    let before = |one: Key, other: Key| if backward { one > other } else { one < other };
    let mut chosen: Option<(Key, usize, Ground<'a>)> = None;
    for (number, running) in courses.iter().enumerate().filter(|(_, running)| !running.over) {
        let source = running.course.source;
        let Some(ground) = grounds.ground(source) else { continue };
        if running.course.began().is_none() || courses.len() == 1 {
            return Some((number, ground));
        }
        let key = (ground.frontier(running.course.at, backward), source);
        if best.is_none_or(|(best, _)| !before(best, key))
            && chosen.is_none_or(|(first, _, _)| before(key, first))
        {
            chosen = Some((key, number, ground));
        }
    }
    chosen.map(|(_, number, ground)| (number, ground))
}
