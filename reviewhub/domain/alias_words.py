"""The words that aliases are drawn from: friendly, about birds, none of them a person's name."""

_ADJECTIVES = """
    Agile Apricot Azure Bold Brave Breezy Bright Brisk Bronze Buoyant Calm Candid Canny Cheerful Clear
    Clever Copper Cosy Crimson Curious Dapper Daring Deft Eager Emerald Fair Fleet Frosty Gentle Gilded Glad
    Gleaming Golden Graceful Hardy Hearty Hopeful Humble Indigo Jolly Jovial Keen Kind Lively Lofty Loyal
    Lucid Lucky Mellow Mild Misty Modest Mossy Nimble Patient Peaceful Placid Plucky Polite Proud Prudent
    Quick Quiet Radiant Ready Rustic Serene Sharp Silver Sincere Sleek Snowy Spirited Sprightly Spry Steady
    Sturdy Sunny Swift Tawny Teal Tender Tidy Tranquil Trusty Upbeat Velvet Verdant Vivid Warm Winter Witty
    Zesty
"""

_BIRDS = """
    Albatross Avocet Bittern Blackbird Bluebird Bluethroat Bobolink Bulbul Bunting Bustard Buzzard Chaffinch
    Chickadee Chough Condor Cormorant Crane Crossbill Curlew Dipper Dove Dunlin Dunnock Eagle Egret Eider
    Falcon Fieldfare Finch Firecrest Flamingo Flycatcher Fulmar Gannet Godwit Goldcrest Goldeneye Goldfinch
    Goosander Goshawk Grebe Greenfinch Greenshank Grosbeak Grouse Guillemot Harrier Hawfinch Heron Hoopoe
    Hornbill Hummingbird Ibis Jacana Jackdaw Junco Kestrel Kingfisher Kinglet Kittiwake Lapwing Lark Linnet
    Longspur Lorikeet Magpie Mallard Merganser Moorhen Nightingale Nightjar Nuthatch Oriole Osprey Ouzel Owl
    Oystercatcher Parakeet Partridge Pelican Petrel Phalarope Pheasant Pintail Pipit Plover Pochard
    Ptarmigan Puffin Quail Quetzal Razorbill Redpoll Redshank Redstart Roller Rook Sanderling Sandpiper
    Serin Shearwater Shelduck Shoveler Siskin Skimmer Skua Skylark Snipe Sparrow Spoonbill Starling Stilt
    Stonechat Stork Swallow Swan Tanager Tern Thrush Toucan Treecreeper Turnstone Vireo Wagtail Warbler
    Waxwing Wheatear Whimbrel Whinchat Whitethroat Wigeon Woodcock Woodlark Woodpecker Wryneck Yellowhammer
"""

ADJECTIVES = tuple(_ADJECTIVES.split())
BIRDS = tuple(_BIRDS.split())
