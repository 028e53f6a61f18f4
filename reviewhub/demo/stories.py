"""Invented small organisations and classes: what the demo's learners write about. Nobody in here exists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Campaign:
    """A small organisation and what its campaign is after."""

    name: str
    does: str
    first: str
    second: str
    goal: int
    wanted: str
    posts: tuple[str, str, str, str, str, str]
    author: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """A class and the problem that it took apart."""

    title: str
    grade: str
    problem: str
    parts: tuple[str, str, str, str]
    pattern: str
    author: str


CAMPAIGNS = (
    Campaign(
        "Millrace Community Garden",
        "rents out forty beds between the railway and the school, and teaches how to grow vegetables",
        "Families with young children find us through the neighbourhood page, mostly at weekends",
        "retired volunteers follow the newsletter and hardly ever open a story",
        40,
        "sign-ups for the spring planting day",
        (
            "Before and after: bed 12",
            "Three questions to Saturday’s gardeners",
            "Reel: sowing beans in 40 seconds",
            "Map: how to find the gate",
            "Paid: planting day, families within 5 km",
            "Thank you, with a group photo from behind",
        ),
        "Dana Whitlock",
    ),
    Campaign(
        "Corner Oven Bakery",
        "bakes sourdough in a shop of 30 square metres and sells out by noon on good days",
        "Commuters look at the page between six and seven in the morning",
        "weekend customers plan ahead and ask for cakes by message",
        120,
        "pre-orders for the holiday box",
        (
            "What is in the box, laid out",
            "Reel: scoring a loaf",
            "Poll: walnut or rye?",
            "Order until Wednesday, with a link",
            "Paid: holiday box, 3 km around the shop",
            "Sold out: a thank you and the next date",
        ),
        "Marcus Oyelaran",
    ),
    Campaign(
        "Second Gear Bike Workshop",
        "lends tools, and repairs bicycles together with the people who ride them",
        "Students need a quick repair and decide within an hour",
        "parents look for a used child’s bicycle and compare for weeks",
        60,
        "bookings for the winter check",
        (
            "Five minutes: is your brake safe?",
            "Reel: truing a wheel",
            "Before and after: a frame from 1984",
            "Booking opens, with the calendar link",
            "Paid: winter check, students",
            "Result: 48 bikes, 3 stories",
        ),
        "Ines Calloway",
    ),
    Campaign(
        "Harbour Street Library Friends",
        "raises money for the branch library and runs its story hours",
        "Parents of children under six decide on the evening before",
        "long-standing members give every year and read letters rather than posts",
        75,
        "new story-hour registrations",
        (
            "A shelf a day: picture books",
            "Reel: the reading corner gets a roof",
            "Question: which book did you love at five?",
            "Register here: four dates",
            "Paid: story hour in two languages",
            "What the donations bought",
        ),
        "Theo Brandvold",
    ),
    Campaign(
        "Northside Youth Theatre",
        "plays two productions a year with everybody who comes to rehearsals",
        "Teenagers share what their friends are in and ignore posters",
        "grandparents buy the tickets and ask for the date by telephone",
        200,
        "tickets for the spring production",
        (
            "Masks in the making",
            "Reel: one line, ten voices",
            "Who are we? Without faces",
            "Tickets from today",
            "Paid: opening night, 10 km",
            "Behind the curtain: sound checks",
        ),
        "Priya Lindqvist",
    ),
    Campaign(
        "Fern & Thread Mending Shop",
        "mends clothes and teaches visible mending on Thursday evenings",
        "People between 25 and 40 save mending tips and come months later",
        "older customers bring good coats and recommend us to neighbours",
        32,
        "places sold in the mending course",
        (
            "A knee, four ways",
            "Reel: darning a heel",
            "Course places: what you will mend",
            "Price list with pictures",
            "Paid: mending course, 8 km",
            "A customer’s coat, with permission",
        ),
        "Ruth Aldana",
    ),
    Campaign(
        "Lakeside Swim Club",
        "teaches swimming to adults who never learned it",
        "Adults who cannot swim look for it alone, late, and do not comment in public",
        "members bring friends and react to photographs of the lake",
        24,
        "trial lessons booked by adult beginners",
        (
            "Nobody watches: how lesson one goes",
            "Reel: breathing out under water",
            "Questions that we get by message",
            "Book a trial, without an account",
            "Paid: adults, evenings",
            "The lake in October",
        ),
        "Jonah Espersen",
    ),
    Campaign(
        "Riverbend Farm Stand",
        "sells what four farms harvest that week, and says what is left",
        "Cooks check on Friday what there is and come on Saturday before ten",
        "restaurants order on Mondays, by list",
        150,
        "subscriptions to the weekly box",
        (
            "This week’s list, drawn",
            "Reel: from field to crate",
            "Recipe with three ingredients",
            "Subscribe: pause at any time",
            "Paid: weekly box, two postcodes",
            "What we did with the rest",
        ),
        "Amara Svendsen",
    ),
    Campaign(
        "Old Town Repair Café",
        "repairs toasters, lamps and radios together with their owners, once a month",
        "Owners of broken things search for the thing, not for us",
        "volunteers with tools come for the company and read the page afterwards",
        90,
        "registered repairs over three dates",
        (
            "What broke in March, a chart",
            "Reel: the lamp that was only a fuse",
            "Register your patient",
            "Who repairs: hands, not faces",
            "Paid: next date, 6 km",
            "Saved: 212 kg in a year",
        ),
        "Caleb Thornquist",
    ),
    Campaign(
        "Blue Door Pottery",
        "fires twice a month and lets beginners throw their first bowl",
        "Couples and friends look for an evening and book within the week",
        "collectors wait for the kiln opening and want to see the glaze close up",
        48,
        "bookings for the beginners’ evening",
        (
            "Kiln opening, piece by piece",
            "Reel: centring, and failing",
            "Your first bowl: what to expect",
            "Dates until June",
            "Paid: evenings for two",
            "Seconds sale, Sunday",
        ),
        "Selma Hawthorne",
    ),
    Campaign(
        "Eastgate Language Table",
        "brings people together who teach one another their languages over soup",
        "Newcomers ask their friends, in five languages, in closed groups",
        "hosts live nearby and look at the page for dates only",
        55,
        "first visits by newcomers",
        (
            "How an evening goes, in six pictures",
            "Reel: say soup in nine languages",
            "Host wanted: Tuesdays",
            "Where, when, free of charge",
            "Paid: five languages, city",
            "What visitors said, without names",
        ),
        "Yusuf Kettering",
    ),
    Campaign(
        "Hilltop Animal Shelter",
        "finds homes for dogs and cats, and for the rabbits that nobody asks about",
        "Families fall for one animal and ask at once whether it is still there",
        "older people would take an older cat but fear the bills",
        18,
        "adoptions of animals older than eight years",
        (
            "Pepper, eleven, likes radio",
            "Reel: a day in the cat house",
            "What an old cat costs: real figures",
            "Visit by appointment",
            "Paid: seniors for seniors",
            "Three months later",
        ),
        "Nora Pemberton",
    ),
)

LESSONS = (
    Lesson(
        "Sorting the lost-property box",
        "Grade 4",
        "The lost-property box holds 130 things and nobody finds theirs",
        (
            "tell things apart by what can be seen",
            "agree on an order of questions",
            "put each thing in a bin",
            "find one again",
        ),
        "each question halves what is left",
        "Grace Tillman",
    ),
    Lesson(
        "The shortest way to the bus",
        "Grade 5",
        "Class 5b leaves three minutes early and still misses the bus",
        (
            "draw the building as dots and lines",
            "measure each line",
            "try all ways",
            "take away what is closed",
        ),
        "a shorter part makes every way through it shorter",
        "Oskar Delacroix",
    ),
    Lesson(
        "A recipe that a robot can cook",
        "Grade 3",
        "“Stir until done” means something different to each of us",
        ("write every step", "swap and do exactly what it says", "mark where we guessed", "name the repeats"),
        "the same three steps come back with other ingredients",
        "Leila Marchetti",
    ),
    Lesson(
        "Forecasting the canteen",
        "Grade 8",
        "The canteen throws away 40 portions on some days and runs out on others",
        ("count for two weeks", "find what goes together", "make a rule", "test it on the third week"),
        "rain and Fridays explain most of it",
        "Henrik Osei",
    ),
    Lesson(
        "Sharing the microscopes",
        "Grade 7",
        "Six microscopes, 28 people, one lesson",
        ("list who needs what and how long", "find what must come first", "draw a plan", "try to break it"),
        "two short turns always fit where a long one did not",
        "Mirela Sandoval",
    ),
    Lesson(
        "A dance as a program",
        "Grade 6",
        "The dance group teaches new members for weeks",
        ("find the smallest moves", "name them", "write loops and conditions", "let another group dance it"),
        "the chorus is a loop with one changed move",
        "Amit Fairbanks",
    ),
)
